"""What an audit answers to the questions that people bring, a sentence or two each."""
