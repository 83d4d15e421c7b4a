-- What language models cost in a calendar month (UTC). tokens: with what is set aside for questions under way.
CREATE TABLE model_usage (
    month    date PRIMARY KEY CHECK (extract(day FROM month) = 1),
    requests integer NOT NULL CHECK (requests > 0),
    tokens   bigint NOT NULL CHECK (tokens >= 0),
    cost     double precision NOT NULL CHECK (cost >= 0)
);
