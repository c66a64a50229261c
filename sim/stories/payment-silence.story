# A forged payment, and then nothing arrives from the dollar correspondents for a day: no confirmation, no statement.
title A correspondent fallen silent behind a forged payment
start 2026-03-03 00:00
minutes 5760
payments 90 a_day customers 80
attack forged-payment at 41:10 amount 1500000 USD to HK
attack statement-silence at 43:00 for 26h amount 1 USD
