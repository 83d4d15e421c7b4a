"""The config service: accounts and signing in, API tokens, facility settings, catalogues."""
