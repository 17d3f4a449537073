"""Where we run: a site, its domain and its origins."""
