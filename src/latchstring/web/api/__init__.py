"""The administration API under `/platform/v1`: for operators, and for members with an `lspt_` credential."""
