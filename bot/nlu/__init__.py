"""Everything of the Rasa process: graph components, the channel `desk`, the launcher, training, evaluation."""
