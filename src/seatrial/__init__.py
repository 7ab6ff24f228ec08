"""seatrial: builds container images and proves what each one promises."""
