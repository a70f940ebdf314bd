"""Everything of the Rasa process: components, the channel `desk`, launcher, training, evaluation."""
