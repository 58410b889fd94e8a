-- The engines' working memory has a database of its own: Rasa's table is called `events`, as is ours.
CREATE DATABASE tracker;
