# Beneficiaries with a name only, no account and no address, as in many of the requests of 2016; one message is no payment but
# a guarantee by free format.
title Forged payments with incomplete beneficiaries
start 2026-03-03 00:00
minutes 4320
payments 90 a_day customers 80
attack forged-payment at 38:20 for 20min messages 3 amount 600000..900000 USD to LK incomplete
attack free-instruction at 39:30 type 799 amount 2000000 USD to HK
