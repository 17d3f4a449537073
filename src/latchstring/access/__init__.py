"""Who is calling, and may they? The one home of enforcement."""
