"""`python -m nexus_attest_client.verifier` is nexus-attest-verify."""

import sys

from nexus_attest_client.verifier.command import main

sys.exit(main())
