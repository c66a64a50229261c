# An hour in which nothing goes wrong: no declines, no outage, no fail-over, clocks alike. What a detector
# says here it says about nothing.
title An hour without any trouble
start 2026-03-03 10:00
minutes 60
rate 20/s
troubles none
echo 60s

captures from_start
