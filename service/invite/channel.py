"""The channel `invite`: a series that comes in a letter."""

from service.messages.translation import Sentence
from service.settings.channel_row import ChannelRow

CHANNEL = ChannelRow(name="invite", words=Sentence("An invitation by mail"))
