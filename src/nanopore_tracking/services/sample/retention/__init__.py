"""Until when samples are kept, and which need not be kept any longer."""
