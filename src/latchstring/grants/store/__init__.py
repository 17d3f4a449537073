"""All SQL of authorizations: what is read of them, and the steps that they take.

Reads and steps come in batches; the answers keep the order of the questions.
"""
