-- A busy installation: 1,000 published events of 200 organizers with three tickets each, and 60 buyers. One of the
-- events, the last one, also sells what all of them want at once.
-- Whole sets at a time, so that it takes a second or two. Everything follows from a row's number: each run loads the
-- same texts. `:password_hash` is filled in by database.py.

CREATE TEMPORARY TABLE sentences (position integer PRIMARY KEY, text text NOT NULL);
INSERT INTO sentences SELECT ordinality - 1, text FROM unnest(ARRAY[
    'Doors open an hour before the first talk, and coffee is served all day in the foyer.',
    'Every room has step-free access, and a quiet room is kept free for whoever needs one.',
    'Talks are recorded and put online a week later, with captions in English and German.',
    'Bring a laptop with a full battery: sockets are plenty in the workshops and few in the hall.',
    'Nach den Vorträgen treffen wir uns im Biergarten gegenüber; dort ist ein langer Tisch bestellt.',
    'On a prévu des ateliers pour débutants le matin et des sessions avancées l''après-midi.',
    'Lunch is included in every ticket, with vegetarian, vegan, halal and kosher dishes to choose from.',
    'Volunteers get in for free, eat with the crew and receive the shirt that nobody else can buy.',
    'The venue is ten minutes on foot from the central station, along the river and past the old mill.',
    'Children under twelve come along without a ticket; there is a supervised play corner on the first floor.',
    'Speakers answer questions in the lounge after their talk, so that the next one can start on time.',
    'This year''s focus is on small teams that keep large systems alive for a long time.',
    'Das Programm steht sechs Wochen vorher fest; Änderungen stehen am Eingang und in der App.',
    'Hacking continues until midnight on Saturday, and the building closes an hour later.',
    'Se ruega llegar con tiempo: el registro cierra quince minutos antes de la primera charla.',
    'Please read the code of conduct before you come; it holds in the hallways as much as on stage.',
    'Lightning talks are taken on the spot: five minutes, one slide, no excuses.',
    'A hundred seats are kept for students, who show their card at the registration desk.',
    'The sprint on Monday has mentors for first contributions, and tables by project.',
    'We print name badges on the spot, with pronouns if you wish and without a photograph policy sticker.',
    'Tickets may be passed on to somebody else until the evening before the first day.',
    'Всех докладчиков просим прислать слайды заранее, чтобы синхронный перевод был точным.',
    'Parking is scarce and dear; bicycles may be left in the guarded yard behind the hall.'
]) WITH ORDINALITY AS listed (text, ordinality);

CREATE FUNCTION pg_temp.prose(seed integer, length integer) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(text, ' ' ORDER BY step)
    FROM generate_series(1, length) AS step JOIN sentences ON position = (seed * 7 + step * 5) % 23
$$;
CREATE FUNCTION pg_temp.pick(seed integer, choices text[]) RETURNS text LANGUAGE sql AS $$
    SELECT choices[1 + seed % cardinality(choices)]
$$;

INSERT INTO users (email, password_hash, first_name, last_name, public_name, is_verified, details, avatar_url)
SELECT CASE WHEN n <= 200 THEN 'organizer-' || n ELSE 'buyer-' || n - 200 END || '@example.org',
       ':password_hash',
       pg_temp.pick(n, ARRAY['Ada', 'Björn', 'Chiara', 'Dmitri', 'Esra', 'Fatou', 'Guðrún', 'Hiroshi', 'Inés']),
       pg_temp.pick(n, ARRAY['Lindqvist', 'Okafor', 'Schmidt', 'Tanaka', 'Vasquez', 'Weber', 'Yılmaz']),
       'organizer number ' || n, true, pg_temp.prose(n, 2), 'https://files.example.org/avatars/' || n || '.jpg'
FROM generate_series(1, 260) AS n;

INSERT INTO events (
    identifier, name, starts_at, ends_at, timezone, latitude, longitude, logo_url, location_name,
    searchable_location_name, description, original_image_url, thumbnail_image_url, large_image_url, icon_image_url,
    owner_name, has_owner_info, owner_description, is_map_shown, privacy, state, code_of_conduct, is_featured,
    payment_country, payment_currency, can_pay_onsite, onsite_details, refund_policy, external_event_url,
    after_order_message, event_type_id, event_topic_id, event_sub_topic_id
)
SELECT 'e' || substr(md5(n::text), 1, 7),
       pg_temp.pick(n, ARRAY['Python', 'Rust', 'Open Data', 'Linux', 'Maker', 'Jazz', 'Science', 'Web']) || ' ' ||
       pg_temp.pick(n / 8, ARRAY['Days', 'Summit', 'Meet-up', 'Conference', 'Festival']) || ' ' || city || ' ' || n,
       opens, opens + interval '2 days', 'Europe/Berlin', 47 + n % 700 / 100.0, 6 + n % 900 / 100.0,
       'https://files.example.org/events/' || n || '/logo.png', 'Kongresshalle, ' || city, city,
       '<p>' || pg_temp.prose(n, 9) || '</p><p><strong>Good to know</strong></p><ul><li>' ||
       pg_temp.prose(n + 3, 2) || '</li><li>' || pg_temp.prose(n + 11, 2) || '</li></ul>',
       'https://files.example.org/events/' || n || '/original.jpg',
       'https://files.example.org/events/' || n || '/thumbnail.jpg',
       'https://files.example.org/events/' || n || '/large.jpg',
       'https://files.example.org/events/' || n || '/icon.jpg',
       'Verein der Freunde von ' || city, true, '<p>' || pg_temp.prose(n + 5, 3) || '</p>', true, 'public', 'published',
       '<p>' || pg_temp.prose(n + 9, 5) || '</p>', n % 10 = 0, 'DE', 'EUR', true, pg_temp.prose(n + 17, 1),
       pg_temp.prose(n + 13, 2), 'https://' || lower(city) || '-' || n || '.example.org/', pg_temp.prose(n + 19, 2),
       (SELECT id FROM event_types ORDER BY id OFFSET n % 19 LIMIT 1), sub_topic.event_topic_id, sub_topic.id
FROM generate_series(1, 1000) AS n
CROSS JOIN LATERAL (
    SELECT pg_temp.pick(n, ARRAY[
               'Berlin', 'Hamburg', 'Leipzig', 'Wien', 'Graz', 'Basel', 'Lyon', 'Porto', 'Turin', 'Gdynia',
               'Aarhus', 'Malmö', 'Tampere', 'Tartu', 'Riga', 'Brno', 'Zagreb', 'Plovdiv', 'Cluj', 'Izmir'
           ]) AS city,
           date_trunc('day', now()) + interval '30 days' + n % 300 * interval '1 day' + interval '8 hours' AS opens
) AS place
CROSS JOIN LATERAL (SELECT id, event_topic_id FROM event_sub_topics ORDER BY id OFFSET n % 90 LIMIT 1) AS sub_topic;

INSERT INTO users_events_roles (event_id, user_id, role_id)
SELECT events.id, owners.id, roles.id
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM events) AS events
JOIN users AS owners ON owners.email = 'organizer-' || 1 + events.n % 200 || '@example.org'
CROSS JOIN roles WHERE roles.name = 'owner';

INSERT INTO tickets (
    event_id, name, description, type, price, max_price, quantity, position, sales_starts_at, sales_ends_at,
    is_description_visible, max_order
)
SELECT events.id, kind.name, pg_temp.prose(events.id::integer + kind.position, 2), kind.type, kind.price, 0,
       kind.quantity, kind.position, now() - interval '10 days', starts_at, true, 10
FROM events CROSS JOIN (VALUES
    ('Free admission', 'free', 0, 100000, 1), ('Regular', 'paid', 49.90, 400, 2), ('Student', 'paid', 19, 100, 3)
) AS kind (name, type, price, quantity, position);

-- What the buyers all want at once: five free tickets and one that is paid by card.
UPDATE events SET can_pay_by_stripe = true WHERE id = (SELECT max(id) FROM events);
INSERT INTO tickets (event_id, name, type, price, max_price, quantity, position, sales_starts_at, sales_ends_at, max_order)
SELECT events.id, kind.name, kind.type, kind.price, 0, 1000000, kind.position, now() - interval '10 days', starts_at, 10
FROM events CROSS JOIN (VALUES
    ('Day 1', 'free', 0, 4), ('Day 2', 'free', 0, 5), ('Day 3', 'free', 0, 6), ('Day 4', 'free', 0, 7),
    ('Day 5', 'free', 0, 8), ('Full pass', 'paid', 99.90, 9)
) AS kind (name, type, price, position)
WHERE events.id = (SELECT max(id) FROM events);

UPDATE settings SET
    tagline = 'Event management for everybody', frontend_url = 'https://eventful.example.org',
    google_url = 'https://plus.example.org/eventful', github_url = 'https://github.example.org/eventful',
    twitter_url = 'https://twitter.example.org/eventful', support_url = 'https://support.example.org',
    facebook_url = 'https://facebook.example.org/eventful', youtube_url = 'https://youtube.example.org/eventful',
    cookie_policy = pg_temp.prose(4, 3), cookie_policy_link = 'https://eventful.example.org/cookie-policy',
    web_app_url = 'https://eventful.example.org', static_domain = 'https://files.example.org';

-- What buyers leave behind before they place an order: attendees, one per order that will be measured. Those with free
-- tickets are spread over the events, those with the paid one all want the same.
INSERT INTO attendees (identifier, firstname, lastname, email, event_id, ticket_id, created_by_id)
SELECT substr(md5(buyer.id || '-' || n), 1, 12), buyer.first_name, buyer.last_name, buyer.email,
       ticket.event_id, ticket.id, buyer.id
FROM users AS buyer
CROSS JOIN generate_series(1, 400) AS n
JOIN (SELECT id, event_id, row_number() OVER (ORDER BY id) AS place FROM tickets WHERE name = 'Free admission') AS ticket
  ON ticket.place = 1 + (n * 60 + buyer.id) % 1000
WHERE buyer.email LIKE 'buyer-%';

INSERT INTO attendees (identifier, firstname, lastname, email, event_id, ticket_id, created_by_id)
SELECT substr(md5(n || '-' || buyer.id), 1, 12), buyer.first_name, buyer.last_name, buyer.email,
       ticket.event_id, ticket.id, buyer.id
FROM users AS buyer CROSS JOIN generate_series(1, 200) AS n JOIN tickets AS ticket ON ticket.name = 'Full pass'
WHERE buyer.email LIKE 'buyer-%';

-- Two schedules: one of 40 sessions in eight rooms, with all that its event's page shows, and one of 500 in 25 rooms.
-- A room's sessions follow one another every two hours, and from the second on, who spoke before speaks again.
CREATE TEMPORARY TABLE schedules AS
SELECT id AS event_id, starts_at, kind.* FROM (
    SELECT id, starts_at, row_number() OVER (ORDER BY id DESC) AS place FROM events
) AS events JOIN (VALUES (2, 40, 8), (3, 500, 25)) AS kind (place, sessions, rooms) ON kind.place = events.place;
UPDATE events SET schedule_published_on = now(), is_sessions_speakers_enabled = true, is_tax_enabled = true,
    name = 'Schedule of ' || sessions || ' sessions' FROM schedules WHERE events.id = event_id;
INSERT INTO microlocations (event_id, name, floor, position)
SELECT event_id, 'Room ' || n, n % 3, n FROM schedules CROSS JOIN LATERAL generate_series(1, rooms) AS n;
INSERT INTO tracks (event_id, name, description, color, position)
SELECT event_id, name, pg_temp.prose(n::integer, 1), color, n FROM schedules CROSS JOIN (VALUES
    (1, 'Systems', '#1f7a8c'), (2, 'Web', '#e07a5f'), (3, 'Community', '#6a994e'), (4, 'Science', '#3d405b')
) AS kind (n, name, color);
INSERT INTO session_types (event_id, name, length, position)
SELECT event_id, name, length, n FROM schedules
CROSS JOIN (VALUES (1, 'Talk', '00:40'), (2, 'Workshop', '01:30')) AS kind (n, name, length);
INSERT INTO speakers (
    event_id, name, email, organisation, position, country, short_biography, website, photo_url, is_featured
)
SELECT event_id, pg_temp.pick(n, ARRAY['Ada', 'Björn', 'Chiara', 'Dmitri', 'Esra', 'Fatou', 'Hiroshi']) || ' ' || n,
       'speaker-' || n || '@example.org', 'Organisation ' || n % 40, 'Engineer', 'DE',
       '<p>' || pg_temp.prose(n, 2) || '</p>', 'https://speaker-' || n || '.example.org/',
       'https://files.example.org/speakers/' || n || '.jpg', n <= 6
FROM schedules CROSS JOIN LATERAL generate_series(1, sessions) AS n;
INSERT INTO sessions (
    event_id, title, subtitle, level, short_abstract, long_abstract, language, state, starts_at, ends_at, submitted_at,
    slides_url, microlocation_id, track_id, session_type_id
)
SELECT event_id, 'Session ' || n || ': ' || left(pg_temp.prose(n, 1), 40), 'What we know by now',
       pg_temp.pick(n, ARRAY['Beginner', 'Intermediate', 'Advanced']), '<p>' || pg_temp.prose(n, 1) || '</p>',
       '<p>' || pg_temp.prose(n + 2, 4) || '</p>', pg_temp.pick(n, ARRAY['English', 'German']), 'confirmed',
       starts_at + (n - 1) / rooms * interval '2 hours', starts_at + (n - 1) / rooms * interval '2 hours' + interval '40 minutes',
       now() - interval '60 days', 'https://files.example.org/slides/' || n || '.pdf',
       (SELECT id FROM microlocations AS room WHERE room.event_id = schedules.event_id AND position = 1 + (n - 1) % rooms),
       (SELECT id FROM tracks AS track WHERE track.event_id = schedules.event_id AND position = 1 + n % 4),
       (SELECT id FROM session_types AS kind WHERE kind.event_id = schedules.event_id AND position = 1 + n % 2)
FROM schedules CROSS JOIN LATERAL generate_series(1, sessions) AS n;
INSERT INTO sessions_speakers (session_id, speaker_id)
SELECT session.id, speaker.id FROM schedules
JOIN (SELECT id, event_id, row_number() OVER (PARTITION BY event_id ORDER BY id) AS n FROM sessions) AS session USING (event_id)
JOIN (SELECT id, event_id, row_number() OVER (PARTITION BY event_id ORDER BY id) AS n FROM speakers) AS speaker USING (event_id)
WHERE speaker.n IN (session.n, session.n - rooms);
INSERT INTO speakers_calls (event_id, announcement, starts_at, ends_at)
SELECT event_id, '<p>' || pg_temp.prose(5, 3) || '</p>', starts_at - interval '20 days', starts_at - interval '10 days'
FROM schedules;
INSERT INTO taxes (event_id, name, rate, tax_id, country, is_tax_included_in_price)
SELECT event_id, 'VAT', 19, 'DE123456789', 'DE', true FROM schedules;
INSERT INTO users_events_roles (event_id, user_id, role_id)
SELECT event_id, users.id, roles.id FROM schedules JOIN users ON email LIKE 'organizer-1_@example.org'
CROSS JOIN roles WHERE roles.name = 'organizer' ON CONFLICT DO NOTHING;
INSERT INTO custom_forms (event_id, form, field_identifier, type, name, is_required, is_included, is_fixed, is_complex, position)
SELECT event_id, form, field, 'text', field, n = 1, true, true, false, n FROM schedules CROSS JOIN (VALUES
    (1, 'attendee', 'email'), (2, 'attendee', 'firstname'), (3, 'attendee', 'lastname'), (4, 'attendee', 'company'),
    (1, 'session', 'title'), (2, 'session', 'shortAbstract'), (3, 'session', 'slides'), (4, 'session', 'comments'),
    (1, 'speaker', 'name'), (2, 'speaker', 'email'), (3, 'speaker', 'photoUrl'), (4, 'speaker', 'organisation')
) AS asked (n, form, field);
INSERT INTO social_links (event_id, name, link, identifier)
SELECT event_id, name, 'https://' || name || '.example.org/', lpad(to_hex(event_id * 10 + n), 8, 'a')
FROM schedules CROSS JOIN (VALUES (1, 'twitter'), (2, 'mastodon'), (3, 'github'), (4, 'website')) AS link (n, name);
INSERT INTO event_copyrights (event_id, holder, licence, licence_url, year)
SELECT event_id, 'Friends of Open Source', 'Creative Commons Attribution 4.0',
       'https://creativecommons.org/licenses/by/4.0/', 2026 FROM schedules;
-- Whoever has no account is shown the group, and not who follows it.
INSERT INTO groups (name, about, user_id)
SELECT 'Friends of Open Source', '<p>' || pg_temp.prose(3, 2) || '</p>', id FROM users WHERE email = 'organizer-10@example.org';
INSERT INTO user_follow_groups (user_id, group_id)
SELECT users.id, groups.id FROM groups CROSS JOIN users WHERE users.email LIKE 'buyer-%';
UPDATE events SET group_id = (SELECT id FROM groups) FROM schedules WHERE events.id = event_id;
