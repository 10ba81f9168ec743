"""The checker's own subcommands, one module each; none loads more than it needs before it runs."""
