"""Where the language model's instructions and schemas live, as files. The product works without any."""
