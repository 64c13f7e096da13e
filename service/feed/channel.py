"""The channel `feed`: a calendar that people subscribe to."""

from service.messages.translation import Sentence
from service.settings.channel_row import ChannelRow

CHANNEL = ChannelRow(name="feed", words=Sentence("A calendar I subscribe to"))
