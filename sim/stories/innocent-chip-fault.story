# The chip readers of three cash machines fail, one of them for a whole day: all cards are read by their stripe there, and
# the machines say so. Nothing is wrong with the cards.
title Chip readers that fail
start 2026-03-02 00:00
minutes 4320
rate 2/s
cards 200000
atms 600
shops 2500
habits usual
abroad 6%
stripe 0.3%
changes every 20min
troubles usual
skew core ahead 35ms
echo 60s
keepalive 45s

chip_fault atm 17 at 07:00 for 26h
chip_fault atm 41 at 30:00 for 5h
chip_fault atm 300 at 33:00 for 9h
