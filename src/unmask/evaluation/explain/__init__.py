"""Why a model scored a face as it did: heat maps, timelines, and the frames that stand out."""
