"""Atomic files, digests, and results stored under the digest of what they depend on."""
