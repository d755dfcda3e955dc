"""Books made by the workers of a scheduler are the books made here, byte for byte."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kit.begun import *  # noqa: F403

