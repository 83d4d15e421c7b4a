"""By which labels forms are alike, and the forms that people looked at which are most like another."""
