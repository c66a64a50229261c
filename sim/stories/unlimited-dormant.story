# Cards that nobody has used before, chip and PIN and all: their balances are asked for a day before, then they draw cash at
# home, a few times each. Nothing is forged, cloned or raised. Forty ordinary days come first.
title New and dormant cards, asked and then emptied
start 2026-03-02 00:00
minutes 60480
rate 0.1/s
cards 12000
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

attack genuine-unlimited variant perfect at 962:00 for 8h cards 60 rate 0.02/s amount 150..400 machines 12 probe 24h
