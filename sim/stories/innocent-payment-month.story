# Nothing is wrong in it: salaries on the 25th, the end of a month, Easter, a Japanese and a Kuwaiti holiday, a new
# correspondent, and every day something refused and corrected, returned, asked about, recalled, charged for or late.
title An innocent month of payments, ten thousand and more
start 2026-03-16 00:00
minutes 44640
payments 480 a_day customers 160
new_correspondent at 216:00
