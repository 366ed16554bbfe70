"""The main job against a stand-in web on loopback: what archiver does, without a network."""

from archiver.demo.play import Stage, play

__all__ = ["Stage", "play"]
