"""What the headers of delivered BAM files say of run, flow cell and sample, against what is known of them."""
