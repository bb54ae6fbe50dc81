"""The parts of the window that stand side by side or take turns."""
