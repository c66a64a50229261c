# Orders of days before are sent again with another beneficiary and another amount, under their old references.
title Old orders re-issued with another beneficiary
start 2026-03-02 00:00
minutes 5760
payments 90 a_day customers 80
attack reissued-order at 66:15 for 2h messages 3 amount 900000..1400000 USD to HK
