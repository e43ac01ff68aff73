// What another thin client sees: run by test_node.py with the connect string, prints one JSON document.
const oracledb = require("oracledb");
const [user, password, connectString, table] = process.argv.slice(2);

async function main() {
  const connection = await oracledb.getConnection({ user, password, connectString });
  const seen = { version: connection.oracleServerVersionString };
  const rows = async (sql, binds = []) => (await connection.execute(sql, binds)).rows;
  seen.one = await rows("SELECT 1 FROM dual");
  const inserted = await connection.executeMany(
    `INSERT INTO ${table} (id, name, moment, note) VALUES (:1, :2, :3, :4)`,
    [1, 2, 3].map((id) => [id, `שלום ${id} 😀`, new Date(Date.UTC(2024, 1, 29, 12, 30, id)), "x".repeat(70000 + id)]),
  );
  seen.inserted = inserted.rowsAffected;
  await connection.commit();
  seen.names = await rows(`SELECT id, name FROM ${table} WHERE id > :low ORDER BY id`, { low: 1 });
  seen.nothing = await rows(`SELECT name FROM ${table} WHERE id = :1`, [99]);
  const notes = await connection.execute(`SELECT note FROM ${table} ORDER BY id`, [], {
    fetchInfo: { NOTE: { type: oracledb.STRING } },
  });
  seen.noteLengths = notes.rows.map(([note]) => note.length);
  const located = await connection.execute(`SELECT note FROM ${table} WHERE id = 1`);
  seen.locatedLength = (await located.rows[0][0].getData()).length;
  try {
    await rows("SELECT * FROM no_such_table");
  } catch (error) {
    seen.error = error.message.slice(0, 9);
  }
  seen.again = await rows("SELECT 1 FROM dual");
  await connection.close();
  console.log(JSON.stringify(seen));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
