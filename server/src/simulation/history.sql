-- What the simulation notes beside the tables of the server, in the same transactions. A rank is the
-- place of a row in the order of commits.
CREATE TABLE sim_fault (what TEXT NOT NULL);
CREATE TABLE sim_journal (
    rank INTEGER PRIMARY KEY AUTOINCREMENT,
    lane INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    entries BLOB NOT NULL,
    is_deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX sim_place ON sim_journal (lane, seq);
CREATE TABLE sim_lane (id INTEGER NOT NULL);
CREATE TABLE sim_row (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, is_deleted INTEGER NOT NULL DEFAULT 0);
CREATE INDEX sim_key ON sim_row (key);

CREATE TRIGGER sim_commit AFTER INSERT ON journal BEGIN
    INSERT INTO sim_fault SELECT 'row ' || NEW.seq || ' of lane ' || NEW.lane || ' follows a gap, or a row that was there'
        WHERE NEW.seq <> 1 + (SELECT COALESCE(MAX(seq), 0) FROM sim_journal WHERE lane = NEW.lane);
    INSERT INTO sim_fault SELECT 'row ' || NEW.seq || ' of lane ' || NEW.lane || ' is behind the closing row'
        WHERE EXISTS (SELECT 1 FROM sim_journal WHERE lane = NEW.lane AND kind = 3);
    INSERT INTO sim_fault SELECT 'a row without its lane ' || NEW.lane
        WHERE NOT EXISTS (SELECT 1 FROM lane WHERE id = NEW.lane);
    INSERT INTO sim_journal (lane, seq, kind, entries) VALUES (NEW.lane, NEW.seq, NEW.kind, NEW.entries);
END;
CREATE TRIGGER sim_forget AFTER DELETE ON journal BEGIN
    INSERT INTO sim_fault SELECT 'row ' || OLD.seq || ' of lane ' || OLD.lane || ' was deleted before it was folded'
        WHERE OLD.seq > (SELECT COALESCE(MAX(folded_seq), 0) FROM lane WHERE id = OLD.lane);
    UPDATE sim_journal SET is_deleted = 1 WHERE lane = OLD.lane AND seq = OLD.seq;
END;
CREATE TRIGGER sim_open AFTER INSERT ON lane BEGIN
    INSERT INTO sim_fault SELECT 'lane ' || NEW.id || ' is used again, or leaves a gap'
        WHERE NEW.id <> 1 + (SELECT COALESCE(MAX(id), 0) FROM sim_lane);
    INSERT INTO sim_lane VALUES (NEW.id);
END;
CREATE TRIGGER sim_end AFTER DELETE ON lane BEGIN
    INSERT INTO sim_fault SELECT 'lane ' || OLD.id || ' was deleted, but has rows'
        WHERE EXISTS (SELECT 1 FROM journal WHERE lane = OLD.id);
    INSERT INTO sim_fault SELECT 'lane ' || OLD.id || ' was deleted before it was folded'
        WHERE OLD.folded_seq < (SELECT COALESCE(MAX(seq), 0) FROM sim_journal WHERE lane = OLD.id);
END;
CREATE TRIGGER sim_fold AFTER UPDATE OF folded_seq ON lane BEGIN
    INSERT INTO sim_fault SELECT 'lane ' || NEW.id || ' is folded up to ' || NEW.folded_seq || ' after ' || OLD.folded_seq
        WHERE NEW.folded_seq <= OLD.folded_seq
        OR NEW.folded_seq > (SELECT COALESCE(MAX(seq), 0) FROM sim_journal WHERE lane = NEW.id);
END;
CREATE TRIGGER sim_close AFTER UPDATE OF closed_seq ON lane BEGIN
    INSERT INTO sim_fault SELECT 'lane ' || NEW.id || ' is closed without a closing row'
        WHERE NEW.closed_seq IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM journal WHERE lane = NEW.id AND seq = NEW.closed_seq AND kind = 3);
END;

CREATE TRIGGER sim_click AFTER INSERT ON click BEGIN
    INSERT INTO sim_row (key) VALUES ('click ' || HEX(NEW.click_id));
END;
CREATE TRIGGER sim_conversion AFTER INSERT ON conversion BEGIN
    INSERT INTO sim_row (key) VALUES ('conversion ' || HEX(NEW.click_id) || ' ' || NEW.serial);
END;
CREATE TRIGGER sim_postback AFTER INSERT ON postback BEGIN
    INSERT INTO sim_row (key) VALUES ('postback ' || HEX(NEW.id));
END;
CREATE TRIGGER sim_postback_gone AFTER DELETE ON postback BEGIN
    UPDATE sim_row SET is_deleted = 1 WHERE key = 'postback ' || HEX(OLD.id);
END;
