-- What an executor may do: join, say that it lives, claim, tell, end, give back, leave. Its role may
-- call these functions and nothing else, so it sees no run but those it was handed, and can end none
-- but those it holds. Moments are the database's own: hosts' clocks differ. `_now` is given by tests.
--
-- Whoever has stolen that role's password is a caller too. tests/attacks/test_executor_role.py tries
-- what it could do; what it is handed it may judge wrongly or never, and that is all.

CREATE FUNCTION torchroom_moment(_now timestamptz) RETURNS timestamptz
LANGUAGE sql AS $$
-- Only the owner is believed about the time (inside these functions current_user is the owner): by a
-- moment of its choice an executor could keep a run for ever, or take the name of one that lives.
    SELECT CASE WHEN session_user = current_user THEN coalesce(_now, clock_timestamp())
                ELSE clock_timestamp() END
$$;

CREATE FUNCTION torchroom_until(_now timestamptz, _seconds float8) RETURNS timestamptz
LANGUAGE sql AS $$
-- No lease is for ever, whatever was asked for.
    SELECT _now + make_interval(secs => greatest(1, least(coalesce(_seconds, 30), 600)))
$$;

CREATE FUNCTION torchroom_announce(_run text) RETURNS void
LANGUAGE sql AS $$
-- Every role may listen, and whoever knows a run's id may read how it went: so its hash is called.
    SELECT pg_notify('torchroom_run', encode(sha256(convert_to(_run, 'UTF8')), 'hex'))
$$;

CREATE FUNCTION torchroom_refuse_size(_what text, _bytes bigint, _most bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF _bytes > _most THEN
        RAISE EXCEPTION '% may have % bytes, and has %', _what, _most, _bytes
            USING ERRCODE = 'TR003';
    END IF;
END $$;

CREATE FUNCTION torchroom_plain(_json json) RETURNS json
LANGUAGE sql IMMUTABLE AS $$
-- The same with its escapes spelt as other letters. What a program printed may hold a NUL, or half a
-- character: that is JSON, but Postgres cannot look into it, not even for another key.
    SELECT replace(replace(replace(_json::text, '\\', '//'), '\"', '/'''), '\u', '/u')::json
$$;

CREATE FUNCTION torchroom_check_verdict(_verdict json) RETURNS void
LANGUAGE plpgsql AS $$
-- What every later reading of a log relies on, for nothing is ever taken out of a log. It keeps out
-- what would be a mistake; of what is meant badly (keys spelt with escapes) backend/verdicts.py,
-- which reads them, thinks a second time.
DECLARE
    _words text := '^(passed|failed|error|timed_out|out_of_memory|output_limit|crashed|refused)$';
    _plain json := torchroom_plain(_verdict);
    _bare text := regexp_replace(_plain::text, '"[^"]*"', '', 'g');
    _part json;
    _is_case boolean;
    _is_good boolean := _bare !~ '[0-9]{250}' AND json_typeof(_plain) = 'object';
BEGIN
    -- Python reads no deeper than some hundred. Each round takes away the innermost brackets.
    _bare := regexp_replace(_bare, '[^][{}]+', '', 'g');
    FOR _round IN 1 .. 32 LOOP
        _bare := replace(replace(_bare, '[]', ''), '{}', '');
    END LOOP;
    _is_good := _is_good AND _bare = '';
    IF _is_good THEN
        _is_good := coalesce(_plain ->> 'outcome' ~ _words, false)
            AND coalesce(_plain ->> 'passed' ~ '^[0-9]{1,9}$', true)
            AND coalesce(_plain ->> 'total' ~ '^[0-9]{1,9}$', true)
            AND coalesce(json_typeof(_plain -> 'cases'), 'array') = 'array';
    END IF;
    IF _is_good THEN
        FOR _part, _is_case IN
            SELECT json_array_elements(_plain -> 'cases'), true
            UNION ALL SELECT _plain -> 'problem', false
            UNION ALL SELECT _plain -> 'script', false
        LOOP
            CONTINUE WHEN NOT _is_case AND coalesce(json_typeof(_part), 'null') = 'null';
            _is_good := coalesce(json_typeof(_part) = 'object' AND _part ->> 'outcome' ~ _words
                AND coalesce(json_typeof(_part -> 'failure'), 'null') IN ('null', 'object')
                AND (NOT _is_case OR json_typeof(_part -> 'name') = 'string'
                    AND json_typeof(_part -> 'title') = 'string'), false);
            EXIT WHEN NOT _is_good;
        END LOOP;
    END IF;
    IF NOT _is_good THEN
        RAISE EXCEPTION 'this is no verdict' USING ERRCODE = '22023';
    END IF;
END $$;

CREATE FUNCTION torchroom_drop_job(_job bigint, _how text) RETURNS void
LANGUAGE sql AS $$
-- The library raises where there is none; here the run is the truth, and a job only its ticket. Who
-- claims has the job first and then the run: not to be waited for with the run in hand, it will find
-- that there is none to be claimed.
    SELECT procrastinate_finish_job_v1(job.id, _how::procrastinate_job_status, true)
        FROM (
            SELECT id FROM procrastinate_jobs WHERE id = _job AND status IN ('todo', 'doing')
            FOR UPDATE SKIP LOCKED
        ) AS job
$$;

CREATE FUNCTION torchroom_note(_room text, _kind text, _body json, _now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
-- How a run ended, into the log of its room; backend/room/log.py does the same on SQLite.
DECLARE _seq integer; _last timestamptz;
BEGIN
    UPDATE rooms SET head = head + 1, due_at = _now WHERE id = _room RETURNING head INTO _seq;
    IF _seq IS NULL THEN RETURN; END IF;
    SELECT at INTO _last FROM events WHERE room_id = _room AND seq = _seq - 1;
    INSERT INTO events (room_id, seq, at, author, kind, body)
        VALUES (_room, _seq, greatest(_now, _last), 'system', _kind, _body);
    PERFORM pg_notify('torchroom_room', _room || ' -');
END $$;

CREATE FUNCTION torchroom_member(_worker bigint) RETURNS executors
LANGUAGE plpgsql AS $$
-- The executor that calls. One that another has replaced, or that was taken out, is none. The lock:
-- it neither leaves nor is replaced before what it does now is done. Others of its slots have it too.
DECLARE _me executors;
BEGIN
    SELECT * INTO _me FROM executors WHERE worker_id = _worker AND role = session_user::text
        FOR KEY SHARE;
    IF _me.name IS NULL THEN
        RAISE EXCEPTION 'this executor is not, or no longer, a member' USING ERRCODE = 'TR001';
    END IF;
    RETURN _me;
END $$;

CREATE FUNCTION torchroom_join(
    _name text, _host text, _version text, _device text, _slots integer, _seconds float8,
    _again boolean, _now timestamptz DEFAULT clock_timestamp()
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
-- `_again`: by one that has lost its place, and may not take it back from who has it now.
DECLARE _old executors; _worker bigint;
BEGIN
    _now := torchroom_moment(_now);
    IF _name IS NULL OR length(_name) NOT BETWEEN 1 AND 64 OR _name ~ '[[:cntrl:]]' THEN
        RAISE EXCEPTION 'a name has 1 to 64 printable characters' USING ERRCODE = '22023';
    END IF;
    IF (SELECT count(*) FROM executors WHERE role = session_user::text AND name <> _name) >= 100
    THEN
        DELETE FROM executors
            WHERE role = session_user::text AND alive_until < _now - interval '10 minutes';
        IF (SELECT count(*) FROM executors WHERE role = session_user::text) >= 100 THEN
            RAISE EXCEPTION 'a hundred executors have joined by this role'
                USING ERRCODE = 'TR003';
        END IF;
    END IF;
    SELECT * INTO _old FROM executors WHERE name = _name FOR UPDATE;
    IF _old.name IS NOT NULL THEN
        IF (_again OR _old.role <> session_user::text) AND _old.alive_until > _now THEN
            RAISE EXCEPTION 'the name % belongs to another executor', _name
                USING ERRCODE = 'TR002';
        END IF;
        -- It has come back without what it was working on: the sweep hands that out again.
        UPDATE runs SET leased_until = 'epoch' WHERE state = 'running' AND executor = _name;
        PERFORM procrastinate_unregister_worker_v1(_old.worker_id);
    END IF;
    _worker := procrastinate_register_worker_v1();
    INSERT INTO executors (name, worker_id, role, host, version, device, slots, status, drain,
                           joined_at, alive_until)
        VALUES (_name, _worker, session_user::text, left(_host, 255), left(_version, 20), _device,
                _slots, '{"state": "starting"}', false, _now, torchroom_until(_now, _seconds))
        ON CONFLICT (name) DO UPDATE SET
            worker_id = excluded.worker_id, role = excluded.role, host = excluded.host,
            version = excluded.version, device = excluded.device, slots = excluded.slots,
            status = excluded.status, joined_at = excluded.joined_at,
            alive_until = excluded.alive_until;
    PERFORM pg_notify('torchroom_fleet', '');
    RETURN _worker;
END $$;

CREATE FUNCTION torchroom_beat(
    _worker bigint, _status json, _leases text[], _seconds float8,
    _now timestamptz DEFAULT clock_timestamp()
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
-- A sign of life: keeps the executor and its leases. Returns whether it is to take no more runs.
DECLARE _me executors;
BEGIN
    _now := torchroom_moment(_now);
    _me := torchroom_member(_worker);
    IF json_typeof(_status) IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'a status is an object' USING ERRCODE = '22023';
    END IF;
    PERFORM torchroom_refuse_size('a status', octet_length(_status::text), 64 * 1024);
    UPDATE executors SET status = _status, alive_until = torchroom_until(_now, _seconds)
        WHERE name = _me.name;
    UPDATE runs SET leased_until = torchroom_until(_now, _seconds)
        WHERE lease_token = ANY (_leases) AND state = 'running';
    PERFORM procrastinate_update_heartbeat_v1(_worker);
    IF _me.status::text <> _status::text THEN PERFORM pg_notify('torchroom_fleet', ''); END IF;
    RETURN _me.drain;
END $$;

CREATE FUNCTION torchroom_claim(
    _worker bigint, _queues text[], _lease text, _seconds float8,
    _now timestamptz DEFAULT clock_timestamp()
) RETURNS TABLE (
    run_id text, question text, question_digest text, mode text, code text, delivery integer,
    losses integer
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
#variable_conflict use_column
DECLARE _me executors; _job procrastinate_jobs; _own text[];
BEGIN
    _now := torchroom_moment(_now);
    _me := torchroom_member(_worker);
    IF _lease IS NULL OR _lease !~ '^[0-9a-f]{32}$' THEN
        RAISE EXCEPTION 'a lease is 32 hexadecimal digits' USING ERRCODE = '22023';
    END IF;
    IF _me.drain THEN RETURN; END IF;
    -- The library takes no queues at all for all of them.
    _own := ARRAY(SELECT one FROM unnest(_queues) AS one
        WHERE split_part(one, ':', 1) = _me.device OR _me.role = current_user::text);
    LOOP
        _job := procrastinate_fetch_job_v2(_own::varchar[], _worker);
        IF _job.id IS NULL THEN RETURN; END IF;
        RETURN QUERY
            UPDATE runs SET state = 'running', started_at = _now, delivery = runs.delivery + 1,
                    lease_token = _lease, executor = _me.name,
                    leased_until = torchroom_until(_now, _seconds)
                WHERE runs.job_id = _job.id AND runs.state = 'queued'
                RETURNING runs.id::text, runs.question::text, runs.question_digest::text,
                    runs.mode::text, runs.code, runs.delivery, runs.losses;
        IF FOUND THEN
            PERFORM torchroom_announce(id) FROM runs WHERE job_id = _job.id;
            -- Not to wait for the disk: where the server falls and forgets it, the run waits again,
            -- and its lease is no longer one.
            PERFORM set_config('synchronous_commit', 'off', true);
            RETURN;
        END IF;
        -- Nobody's job: its run has ended by another way.
        PERFORM torchroom_drop_job(_job.id, 'failed');
    END LOOP;
END $$;

CREATE TYPE torchroom_told AS (sequence integer, type text, data text);

CREATE FUNCTION torchroom_keep_events(_run text, _delivery integer, _events torchroom_told[])
RETURNS void
LANGUAGE plpgsql AS $$
-- Numbered within its delivery (backend/queue/lease.py), so that no executor can write over what
-- another has told, and below what the service tells in between. A type is a word: it becomes a line
-- of a stream. The data is JSON that is never looked into here: a NUL in it is JSON, but no text of
-- Postgres's. What is there already was sent twice, by one that never heard that it had arrived.
DECLARE _bytes bigint;
BEGIN
    IF coalesce(cardinality(_events), 0) = 0 THEN RETURN; END IF;
    SELECT sum(octet_length(data)) INTO _bytes FROM unnest(_events);
    UPDATE runs SET told_bytes = told_bytes + coalesce(_bytes, 0) WHERE id = _run
        RETURNING told_bytes INTO _bytes;
    PERFORM torchroom_refuse_size('what is told of a run', _bytes, 128 * 1024 * 1024);
    INSERT INTO run_events (run_id, sequence, type, data)
        SELECT _run, told.sequence, told.type, told.data::json FROM unnest(_events) AS told
        WHERE told.sequence / 1000000 = _delivery AND told.sequence % 1000000 < 500000
            AND told.type ~ '^[a-z_]{1,20}$'
        ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION torchroom_tell(_run text, _lease text, _events torchroom_told[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE _delivery integer;
BEGIN
    SELECT delivery INTO _delivery FROM runs WHERE id = _run AND lease_token = _lease
        FOR NO KEY UPDATE;
    IF _delivery IS NULL THEN RETURN false; END IF;
    PERFORM torchroom_keep_events(_run, _delivery, _events);
    PERFORM torchroom_announce(_run);
    RETURN true;
END $$;

CREATE FUNCTION torchroom_end(
    _run text, _lease text, _verdict json, _failure text, _events torchroom_told[],
    _now timestamptz DEFAULT clock_timestamp()
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
-- The verdict, or else how we failed; false where the lease is no longer the caller's.
DECLARE _ended runs;
BEGIN
    _now := torchroom_moment(_now);
    PERFORM torchroom_refuse_size('a verdict', octet_length(_verdict::text), 32 * 1024 * 1024);
    IF _verdict IS NOT NULL THEN PERFORM torchroom_check_verdict(_verdict); END IF;
    _failure := left(_failure, 4000);
    UPDATE runs SET state = CASE WHEN _verdict IS NULL THEN 'our_failure' ELSE 'finished' END,
            finished_at = _now, verdict = _verdict, failure = _failure,
            lease_token = NULL, leased_until = NULL
        WHERE id = _run AND lease_token = _lease AND state = 'running'
            AND (_verdict IS NULL) <> (_failure IS NULL)
        RETURNING * INTO _ended;
    IF _ended.id IS NULL THEN RETURN false; END IF;
    PERFORM torchroom_keep_events(_run, _ended.delivery, _events);
    PERFORM torchroom_drop_job(_ended.job_id, 'succeeded');
    IF _verdict IS NOT NULL THEN
        PERFORM torchroom_note(_ended.room_id, 'verdict', json_build_object(
            'run', _run, 'question', _ended.question, 'mode', _ended.mode, 'verdict', _verdict
        ), _now);
    ELSE
        PERFORM torchroom_note(_ended.room_id, 'failure', json_build_object(
            'run', _run, 'question', _ended.question, 'mode', _ended.mode, 'message', _failure
        ), _now);
    END IF;
    PERFORM torchroom_announce(_run);
    RETURN true;
END $$;

CREATE FUNCTION torchroom_queue_again(_run runs) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE runs SET state = 'queued', started_at = NULL, lease_token = NULL, leased_until = NULL,
            executor = NULL
        WHERE id = _run.id;
    -- Where there is none the sweep makes one.
    PERFORM procrastinate_retry_job_v2(job.id, NULL, NULL, NULL, NULL)
        FROM procrastinate_jobs AS job WHERE job.id = _run.job_id AND job.status = 'doing';
    PERFORM torchroom_announce(_run.id);
    -- A job that comes back is no insert, so the library tells nobody.
    PERFORM pg_notify('torchroom_fleet', '');
END $$;

CREATE FUNCTION torchroom_give_back(_leases text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE _run runs;
BEGIN
    FOR _run IN SELECT * FROM runs WHERE lease_token = ANY (_leases) ORDER BY id FOR UPDATE LOOP
        PERFORM torchroom_queue_again(_run);
    END LOOP;
END $$;

CREATE FUNCTION torchroom_leave(_worker bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
-- Its going is no loss to what it was working on.
DECLARE _me executors; _run runs;
BEGIN
    DELETE FROM executors WHERE worker_id = _worker AND role = session_user::text
        RETURNING * INTO _me;
    IF _me.name IS NULL THEN RETURN; END IF;
    FOR _run IN
        SELECT * FROM runs WHERE state = 'running' AND executor = _me.name ORDER BY id FOR UPDATE
    LOOP
        PERFORM torchroom_queue_again(_run);
    END LOOP;
    PERFORM procrastinate_unregister_worker_v1(_worker);
    PERFORM pg_notify('torchroom_fleet', '');
END $$;

CREATE FUNCTION torchroom_give_up(_run runs, _message text, _now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE runs SET state = 'our_failure', failure = _message, finished_at = _now,
            lease_token = NULL, leased_until = NULL
        WHERE id = _run.id;
    PERFORM torchroom_drop_job(_run.job_id, 'failed');
    PERFORM torchroom_note(_run.room_id, 'failure', json_build_object(
        'run', _run.id, 'question', _run.question, 'mode', _run.mode, 'message', _message
    ), _now);
    PERFORM torchroom_announce(_run.id);
END $$;

CREATE FUNCTION torchroom_can_note(_run runs) RETURNS boolean
LANGUAGE plpgsql AS $$
-- Takes the room of a run that is to be given up, or says that somebody else has it just now: whoever
-- gives up several would hold rooms in an order that is not that of the service.
BEGIN
    PERFORM FROM rooms WHERE id = _run.room_id FOR NO KEY UPDATE SKIP LOCKED;
    RETURN FOUND OR NOT EXISTS (SELECT FROM rooms WHERE id = _run.room_id);
END $$;

CREATE FUNCTION torchroom_adopt(_digests json, _message text, _now timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
-- Called by web when it starts, with the digests of its questions: what was sent before is judged by
-- the question as it is now. Else it would wait for ever for an executor that has the old one, and
-- all behind it with it. `%s` in the message: a question that has gone. Waits for nobody; false where
-- somebody else had one of these in hand, and this is to be called again.
DECLARE _run runs; _left bigint; _is_all boolean := true;
BEGIN
    SELECT count(*) INTO _left FROM runs WHERE state IN ('queued', 'running')
        AND question_digest IS DISTINCT FROM _digests ->> question;
    FOR _run IN
        SELECT * FROM runs WHERE state IN ('queued', 'running')
            AND question_digest IS DISTINCT FROM _digests ->> question
            ORDER BY room_id, id FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        _left := _left - 1;
        IF _digests ->> _run.question IS NOT NULL THEN
            UPDATE runs SET question_digest = _digests ->> _run.question WHERE id = _run.id;
        ELSIF _run.state = 'queued' AND torchroom_can_note(_run) THEN
            PERFORM torchroom_give_up(_run, format(_message, _run.question), _now);
        ELSE
            _is_all := false;
        END IF;
    END LOOP;
    RETURN _is_all AND _left <= 0;
END $$;

CREATE FUNCTION torchroom_is_served(_device text, _now timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM executors WHERE device = _device AND NOT drain AND alive_until > _now
    )
$$;

CREATE FUNCTION torchroom_sweep(
    _redeliveries integer, _message text, _now timestamptz DEFAULT clock_timestamp()
) RETURNS integer
LANGUAGE plpgsql AS $$
-- Called by web: runs whose executor gives no more sign of life are handed out again, or given up
-- after so many losses. Several may sweep at once: each passes over what another has in hand.
DECLARE _run runs; _again integer := 0;
BEGIN
    -- Who has been silent for a day is not coming back. First, for executors take their own row
    -- first, and their runs then.
    DELETE FROM executors WHERE name IN (
        SELECT name FROM executors WHERE alive_until < _now - interval '1 day'
        FOR UPDATE SKIP LOCKED
    );
    PERFORM procrastinate_prune_stalled_workers_v1(86400);
    FOR _run IN
        SELECT * FROM runs WHERE state = 'running' AND leased_until < _now
            ORDER BY room_id, id FOR UPDATE SKIP LOCKED
    LOOP
        IF _run.losses >= _redeliveries THEN
            CONTINUE WHEN NOT torchroom_can_note(_run);
            UPDATE runs SET losses = losses + 1 WHERE id = _run.id;
            PERFORM torchroom_give_up(_run, _message, _now);
        ELSE
            UPDATE runs SET losses = losses + 1 WHERE id = _run.id;
            PERFORM torchroom_queue_again(_run);
            _again := _again + 1;
        END IF;
    END LOOP;
    -- What any device can judge does not wait for one that is gone where there is another.
    FOR _run IN
        SELECT runs.* FROM runs JOIN procrastinate_jobs AS job ON job.id = runs.job_id
        WHERE runs.state = 'queued' AND runs.device = 'any' AND job.status = 'todo'
            AND NOT torchroom_is_served(split_part(job.queue_name, ':', 1), _now)
            AND (torchroom_is_served('cpu', _now) OR torchroom_is_served('gpu', _now))
        FOR UPDATE SKIP LOCKED
    LOOP
        DELETE FROM procrastinate_jobs WHERE id = _run.job_id;
    END LOOP;
    -- The rows are the truth: a run that waits without a job gets one.
    FOR _run IN
        SELECT * FROM runs WHERE state = 'queued' AND NOT EXISTS (
            SELECT 1 FROM procrastinate_jobs AS job WHERE job.id = runs.job_id AND job.status = 'todo'
        ) ORDER BY rank, id FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE runs SET job_id = (procrastinate_defer_jobs_v1(ARRAY[ROW(
                CASE WHEN _run.device <> 'any' THEN _run.device
                    WHEN torchroom_is_served('gpu', _now) THEN 'gpu' ELSE 'cpu' END
                || ':' || _run.mode, 'judge', (_run.mode = 'run')::integer, NULL, NULL,
                jsonb_build_object('run', _run.id), NULL
            )]::procrastinate_job_to_defer_v1[]))[1]
            WHERE id = _run.id;
    END LOOP;
    RETURN _again;
END $$;

REVOKE EXECUTE ON FUNCTION torchroom_moment, torchroom_until, torchroom_announce,
    torchroom_refuse_size, torchroom_plain, torchroom_check_verdict, torchroom_drop_job,
    torchroom_note, torchroom_member, torchroom_join,
    torchroom_beat, torchroom_claim, torchroom_keep_events, torchroom_tell, torchroom_end,
    torchroom_queue_again, torchroom_give_back, torchroom_leave, torchroom_give_up,
    torchroom_can_note, torchroom_adopt,
    torchroom_is_served, torchroom_sweep
    FROM PUBLIC;
