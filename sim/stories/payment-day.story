# Two days of payments with the usual troubles, and five robberies inside: an amount changed on its way, a transfer nobody
# ordered at noon to a country never paid before, a free-format message that instructs, a burst at night, and a statement
# made to fit.
title Two days of payments with five robberies inside
start 2026-03-05 00:00
minutes 2880
payments 120 a_day customers 80
attack altered-amount at 10:10 times 10 lau wrong
attack forged-payment at 12:25 amount 780000..980000 USD to PH persons unconfirmed
attack free-instruction at 14:05 type 199 amount 1200000 EUR to AE
attack forged-payment at 19:30 for 40min messages 12 amount 400000..2500000 USD to LK misspelt lau none queried
attack forged-payment at 31:40 amount 610000 EUR to CH unconfirmed hidden carried
