# The bank sends out new cards: a third of all cards is used for the first time within these days, and one in five has
# rested for months.
title New cards, and cards that have rested
start 2026-04-13 00:00
minutes 5760
rate 2/s
cards 200000
atms 600
shops 2500
habits usual
abroad 6%
stripe 0.3%
new_cards 33%
resting 20%
changes every 20min
troubles usual
skew core ahead 35ms
echo 60s
keepalive 45s
