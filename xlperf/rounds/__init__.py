"""One appraisal round over many units: a folder, its ledger, what goes out and what comes back."""
