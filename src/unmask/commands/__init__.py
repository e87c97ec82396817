"""The subcommands of ``unmask``, one a file. They parse arguments and call one function."""
