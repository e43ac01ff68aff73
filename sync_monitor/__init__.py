"""Whether what Oracle holds is also in the lake: measured, judged, explained, remembered."""
