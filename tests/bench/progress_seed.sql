-- Fictional records for tests/bench/progress.py; :records is filled in there. 120 agencies under 12 groups, 41 procedures of
-- which few make most of the work, two years, four profiles.

INSERT INTO stations (station_id, name, agency_code, token_hash, enrolled_at)
SELECT 'st' || a, 'Quầy ' || a, 'H02.' || lpad((a / 10)::text, 2, '0') || '.' || lpad((a % 10)::text, 2, '0'), 't' || a, now()
FROM generate_series(0, 119) a;

CREATE TEMP TABLE seeded AS
SELECT n, lpad(n::text, 12, '0') AS record_id, 'st' || (n * 7919 % 120) AS station_id,
  'H02.' || lpad(((n * 7919 % 120) / 10)::text, 2, '0') || '.' || lpad((n * 7919 % 10)::text, 2, '0') AS agency,
  CASE WHEN p = 0 THEN '1.001193' ELSE '1.' || lpad((4000 + p)::text, 6, '0') END AS code,
  CASE WHEN p = 0 THEN 'Đăng ký khai sinh' ELSE 'Thủ tục mẫu ' || p END AS name,
  date '2024-12-01' + (n::bigint * 730 / :records)::int AS day,
  (ARRAY['Nguyễn','Trần','Lê','Phạm','Hoàng','Vũ','Đặng','Bùi'])[1 + n % 8] || ' ' || (ARRAY['Văn','Thị','Đức'])[1 + n % 3] || ' '
    || (ARRAY['Thử','Mẫu','An','Bình'])[1 + n % 4] || ' ' || n AS owner,
  (ARRAY['nguyen','tran','le','pham','hoang','vu','dang','bui'])[1 + n % 8] || ' ' || (ARRAY['van','thi','duc'])[1 + n % 3] || ' '
    || (ARRAY['thu','mau','an','binh'])[1 + n % 4] || ' ' || n AS folded,
  (ARRAY[49, 51, 48, 37])[1 + (n * 31 + n / 400000) % 4] AS profile
FROM (SELECT n, (40 * power(((n * 2654435761) % 1000) / 1000.0, 3))::int AS p FROM generate_series(1::bigint, :records) n) x;

INSERT INTO records SELECT record_id, station_id, agency || '-' || to_char(day, 'YYMMDD') || '-' || lpad(n::text, 7, '0') FROM seeded;

INSERT INTO revisions (record_id, revision, receipt_id, manifest_sha256, manifest, received_at, procedure_code, procedure_name,
  owner_name, owner_id_masked, pages)
SELECT record_id, 1, 'r' || n, md5(n::text), '\x7b7d', day + interval '9 hours' + n * interval '1 millisecond', code, name, owner,
  '0240********', 3 FROM seeded;

INSERT INTO revision_files SELECT record_id, 1, 0, md5(n::text) || md5(n::text), 'to-khai.pdf', 'Tờ khai', 'application/pdf', 9000, 3
FROM seeded;

INSERT INTO paper_index SELECT record_id, 1, 0, '024099' || lpad((n % 1000000)::text, 6, '0'), 'KQ.G15.000031' FROM seeded;

INSERT INTO facts (record_id, revision, station_id, dossier_number, agency_code, competent_agency, procedure_code, procedure_version,
  received_on, month, profile, component_files, result_files, reused, absent, pages, accepted_at, search)
SELECT record_id, 1, station_id, agency || '-' || to_char(day, 'YYMMDD') || '-' || lpad(n::text, 7, '0'), agency,
  -- One of twenty is decided elsewhere.
  CASE WHEN n % 20 = 0 THEN 'H02.' || lpad((n / 20 % 12)::text, 2, '0') || '.' || lpad((n / 240 % 10)::text, 2, '0') ELSE '' END,
  code, '', day,
  to_char(day, 'YYYYMM')::int, profile, profile & 1, profile >> 1 & 1, profile >> 2 & 1, 0, 3,
  day + interval '9 hours' + n * interval '1 millisecond',
  lower(replace(agency, '.', ' ')) || ' ' || to_char(day, 'YYMMDD') || ' ' || lpad(n::text, 7, '0') || ' ' || folded || ' '
    || replace(code, '.', ' ') || CASE WHEN code = '1.001193' THEN ' dang ky khai sinh' ELSE ' thu tuc mau' END
FROM seeded;

INSERT INTO fact_counts SELECT agency_code, '', month, profile, count(*) FROM facts GROUP BY 1, 3, 4;
INSERT INTO fact_counts SELECT '', procedure_code, month, profile, count(*) FROM facts GROUP BY 2, 3, 4;
INSERT INTO fact_counts SELECT agency_code, procedure_code, month, profile, count(*) FROM facts GROUP BY 1, 2, 3, 4;
