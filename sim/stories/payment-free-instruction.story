# No payment message at all: a free-format message asks the correspondent to pay.
title Free-format messages that instruct a payment
start 2026-03-03 00:00
minutes 4320
payments 90 a_day customers 80
attack free-instruction at 34:10 amount 1500000 USD to HK
attack free-instruction at 39:55 type 999 amount 700000 EUR to AE lau none
