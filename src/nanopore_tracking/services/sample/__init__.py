"""The sample service: labs, projects, submissions, and every sample from the form to the delivery."""
