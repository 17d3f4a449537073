"""The demo: two organizations, a partner and its integration, walked through the main job over real HTTP."""
