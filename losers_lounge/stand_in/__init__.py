"""A stand-in for Stripe on the loopback, for the demo and the tests.

It speaks Stripe's HTTP to the ordinary `stripe` client and takes the client
library's generated types as the authority on what may be asked and answered.
"""
