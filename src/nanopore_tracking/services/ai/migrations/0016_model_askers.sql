-- How many questions about searches each person put to the language model on a day (UTC); a day later they are removed.
CREATE TABLE model_asker (
    account   text NOT NULL CHECK (account <> ''),
    day       date NOT NULL,
    questions integer NOT NULL CHECK (questions > 0),
    PRIMARY KEY (account, day)
);
CREATE INDEX model_asker_by_day ON model_asker (day);
