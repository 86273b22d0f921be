<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
    <context>
        <name>Billing</name>
        <message>
            <source>flat</source>
            <translation>Grundpreis</translation>
        </message>
        <message>
            <source>usage</source>
            <translation>Verbrauch</translation>
        </message>
        <message>
            <source>minimum</source>
            <translation>Minimum</translation>
        </message>
        <message>
            <source>cap</source>
            <translation>Deckel</translation>
        </message>
        <message>
            <source>adjustment</source>
            <translation>Berichtigung</translation>
        </message>
        <message>
            <source>tax</source>
            <translation>Steuer</translation>
        </message>
        <message>
            <source>credit</source>
            <translation>Guthaben</translation>
        </message>
        <message>
            <source>open</source>
            <translation>offen</translation>
        </message>
        <message>
            <source>draft</source>
            <translation>Entwurf</translation>
        </message>
        <message>
            <source>final</source>
            <translation>endgültig</translation>
        </message>
        <message>
            <source>paid</source>
            <translation>bezahlt</translation>
        </message>
        <message>
            <source>void</source>
            <translation>ungültig</translation>
        </message>
        <message>
            <source>Draft</source>
            <translation>Entwurf</translation>
        </message>
        <message>
            <source>Customer</source>
            <translation>Kunde</translation>
        </message>
        <message>
            <source>Meter</source>
            <translation>Zähler</translation>
        </message>
        <message>
            <source>Events</source>
            <translation>Ereignisse</translation>
        </message>
        <message>
            <source>Sum</source>
            <translation>Summe</translation>
        </message>
        <message>
            <source>Largest</source>
            <translation>Größter Wert</translation>
        </message>
        <message>
            <source>Last</source>
            <translation>Letzter Wert</translation>
        </message>
        <message>
            <source>Value x hours</source>
            <translation>Wert x Stunden</translation>
        </message>
        <message>
            <source>Number</source>
            <translation>Nummer</translation>
        </message>
        <message>
            <source>Period</source>
            <translation>Zeitraum</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Zustand</translation>
        </message>
        <message>
            <source>Issued</source>
            <translation>Ausgestellt</translation>
        </message>
        <message>
            <source>Total</source>
            <translation>Gesamt</translation>
        </message>
        <message>
            <source>For what</source>
            <translation>Wofür</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>Art</translation>
        </message>
        <message>
            <source>Quantity</source>
            <translation>Menge</translation>
        </message>
        <message>
            <source>Amount</source>
            <translation>Betrag</translation>
        </message>
        <message>
            <source>Time (UTC)</source>
            <translation>Zeit (UTC)</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Wert</translation>
        </message>
        <message>
            <source>Source and id</source>
            <translation>Quelle und Nummer</translation>
        </message>
        <message>
            <source>%1 takes back %2</source>
            <translation>%1 nimmt %2 zurück</translation>
        </message>
        <message>
            <source>Plan</source>
            <translation>Tarif</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Name</translation>
        </message>
        <message>
            <source>From</source>
            <translation>Ab</translation>
        </message>
        <message>
            <source>To</source>
            <translation>Bis</translation>
        </message>
        <message>
            <source>A month</source>
            <translation>Im Monat</translation>
        </message>
        <message>
            <source>Charges</source>
            <translation>Posten</translation>
        </message>
        <message>
            <source>Tax</source>
            <translation>Steuer</translation>
        </message>
        <message>
            <source>none</source>
            <translation>keine</translation>
        </message>
    </context>
    <context>
        <name>FaultsModel</name>
        <message>
            <source>Document</source>
            <translation>Dokument</translation>
        </message>
        <message>
            <source>Path</source>
            <translation>Pfad</translation>
        </message>
        <message>
            <source>What is lost</source>
            <translation>Was verloren ist</translation>
        </message>
    </context>
    <context>
        <name>Keys</name>
        <message>
            <source>active</source>
            <translation>gültig</translation>
        </message>
        <message>
            <source>in grace</source>
            <translation>Schonfrist</translation>
        </message>
        <message>
            <source>suspended</source>
            <translation>ausgesetzt</translation>
        </message>
        <message>
            <source>revoked</source>
            <translation>widerrufen</translation>
        </message>
        <message>
            <source>expired</source>
            <translation>abgelaufen</translation>
        </message>
        <message>
            <source>read</source>
            <translation>lesen</translation>
        </message>
        <message>
            <source>read and write</source>
            <translation>lesen und schreiben</translation>
        </message>
        <message>
            <source>administer everything</source>
            <translation>alles verwalten</translation>
        </message>
        <message>
            <source>serve: read, write, heal</source>
            <translation>dienen: lesen, schreiben, heilen</translation>
        </message>
        <message>
            <source>what the scopes say</source>
            <translation>was die Rechte sagen</translation>
        </message>
        <message>
            <source>%1 s</source>
            <translation>%1 s</translation>
        </message>
        <message>
            <source>%1 ms</source>
            <translation>%1 ms</translation>
        </message>
        <message>
            <source>%1 in %2, burst %3</source>
            <translation>%1 in %2, Stoß %3</translation>
        </message>
        <message>
            <source>Owner</source>
            <translation>Inhaber</translation>
        </message>
        <message>
            <source>Label</source>
            <translation>Bezeichnung</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Zustand</translation>
        </message>
        <message>
            <source>Scopes</source>
            <translation>Rechte</translation>
        </message>
        <message>
            <source>Rate class</source>
            <translation>Ratenklasse</translation>
        </message>
        <message>
            <source>Uses</source>
            <translation>Anzahl</translation>
        </message>
        <message>
            <source>Last use</source>
            <translation>Zuletzt genutzt</translation>
        </message>
        <message>
            <source>Expiry</source>
            <translation>Ablauf</translation>
        </message>
        <message>
            <source>never</source>
            <translation>nie</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>Klasse</translation>
        </message>
        <message>
            <source>Read</source>
            <translation>Lesen</translation>
        </message>
        <message>
            <source>Write</source>
            <translation>Schreiben</translation>
        </message>
        <message>
            <source>Heavy</source>
            <translation>Schweres</translation>
        </message>
        <message>
            <source>Whose</source>
            <translation>Wessen</translation>
        </message>
        <message>
            <source>built in</source>
            <translation>eingebaut</translation>
        </message>
        <message>
            <source>this store's</source>
            <translation>dieses Speichers</translation>
        </message>
        <message>
            <source>File</source>
            <translation>Datei</translation>
        </message>
        <message>
            <source>Line</source>
            <translation>Zeile</translation>
        </message>
        <message>
            <source>What it is</source>
            <translation>Was es ist</translation>
        </message>
        <message>
            <source>has the form of a key only</source>
            <translation>hat nur die Form eines Schlüssels</translation>
        </message>
        <message>
            <source>a key of another store</source>
            <translation>ein Schlüssel eines anderen Speichers</translation>
        </message>
        <message>
            <source>key of %1, %2</source>
            <translation>Schlüssel von %1, %2</translation>
        </message>
    </context>
    <context>
        <name>Pages</name>
        <message>
            <source>Overview</source>
            <translation>Überblick</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>Gedächtnis</translation>
        </message>
        <message>
            <source>Healing</source>
            <translation>Heilung</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>Einstellungen</translation>
        </message>
        <message>
            <source>Shortcuts</source>
            <translation>Tastenkürzel</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>Schlüssel</translation>
        </message>
        <message>
            <source>Billing</source>
            <translation>Abrechnung</translation>
        </message>
        <message>
            <source>Audit</source>
            <translation>Protokoll</translation>
        </message>
        <message>
            <source>Graph</source>
            <translation>Graph</translation>
        </message>
    </context>
    <context>
        <name>Problem</name>
        <message>
            <source>The store does not open with this passphrase.</source>
            <translation>Der Speicher öffnet sich mit diesem Kennsatz nicht.</translation>
        </message>
        <message>
            <source>Type it again; capitals and spaces count.</source>
            <translation>Noch einmal eingeben; Großschreibung und Leerzeichen zählen.</translation>
        </message>
        <message>
            <source>Type again</source>
            <translation>Neu eingeben</translation>
        </message>
        <message>
            <source>The store does not open with this recovery code.</source>
            <translation>Der Speicher öffnet sich mit diesem Rettungscode nicht.</translation>
        </message>
        <message>
            <source>Compare each group with the sheet it was written on. A newer code makes older ones void.</source>
            <translation>Jede Gruppe mit der Aufzeichnung vergleichen. Ein neuerer Code macht ältere ungültig.</translation>
        </message>
        <message>
            <source>The store does not open with this key file.</source>
            <translation>Der Speicher öffnet sich mit dieser Schlüsseldatei nicht.</translation>
        </message>
        <message>
            <source>Choose the key file that was made with this store.</source>
            <translation>Die Schlüsseldatei wählen, die mit diesem Speicher angelegt wurde.</translation>
        </message>
        <message>
            <source>Choose key file</source>
            <translation>Schlüsseldatei wählen</translation>
        </message>
        <message>
            <source>The store or its key file is not there.</source>
            <translation>Der Speicher oder seine Schlüsseldatei ist nicht da.</translation>
        </message>
        <message>
            <source>If the key file lies elsewhere, choose it; or unlock with the passphrase or the recovery code.</source>
            <translation>Liegt die Schlüsseldatei woanders, diese wählen; oder mit Kennsatz oder Rettungscode öffnen.</translation>
        </message>
        <message>
            <source>This is not there any more.</source>
            <translation>Das gibt es nicht mehr.</translation>
        </message>
        <message>
            <source>Another program may have removed it.</source>
            <translation>Vielleicht hat ein anderes Programm es entfernt.</translation>
        </message>
        <message>
            <source>Look again</source>
            <translation>Neu laden</translation>
        </message>
        <message>
            <source>This folder is no store.</source>
            <translation>Dieser Ordner ist kein Speicher.</translation>
        </message>
        <message>
            <source>Choose the folder that holds the shard folders, or make a new store.</source>
            <translation>Den Ordner wählen, der die Scherbenordner enthält, oder einen Speicher anlegen.</translation>
        </message>
        <message>
            <source>Choose folder</source>
            <translation>Ordner wählen</translation>
        </message>
        <message>
            <source>The store has a newer format than this program reads.</source>
            <translation>Der Speicher hat ein neueres Format, als dieses Programm liest.</translation>
        </message>
        <message>
            <source>Nothing was changed. Open it with a newer program.</source>
            <translation>Nichts wurde geändert. Mit einem neueren Programm öffnen.</translation>
        </message>
        <message>
            <source>Choose other store</source>
            <translation>Anderen Speicher wählen</translation>
        </message>
        <message>
            <source>Another program is writing to this store.</source>
            <translation>Ein anderes Programm schreibt in diesen Speicher.</translation>
        </message>
        <message>
            <source>Open it for reading only, or try again when that has ended.</source>
            <translation>Nur zum Lesen öffnen, oder warten, bis es fertig ist.</translation>
        </message>
        <message>
            <source>Open for reading only</source>
            <translation>Nur zum Lesen öffnen</translation>
        </message>
        <message>
            <source>Too much of this store is lost to open it.</source>
            <translation>Von diesem Speicher ist zu viel verloren, um ihn zu öffnen.</translation>
        </message>
        <message>
            <source>Bring back its shard folders if they were moved; else "carma rescue" gets out what can be read.</source>
            <translation>Verschobene Scherbenordner zurückbringen; sonst holt „carma rescue“ heraus, was lesbar ist.</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Noch einmal</translation>
        </message>
        <message>
            <source>This folder is not empty.</source>
            <translation>Dieser Ordner ist nicht leer.</translation>
        </message>
        <message>
            <source>Choose an empty folder or a new name.</source>
            <translation>Einen leeren Ordner oder einen neuen Namen wählen.</translation>
        </message>
        <message>
            <source>That did not work.</source>
            <translation>Das ging nicht.</translation>
        </message>
        <message>
            <source>Try again.</source>
            <translation>Noch einmal versuchen.</translation>
        </message>
        <message>
            <source>The disk is full.</source>
            <translation>Der Datenträger ist voll.</translation>
        </message>
        <message>
            <source>What was acknowledged is kept. Make room and try again.</source>
            <translation>Bestätigtes ist bewahrt. Platz schaffen und noch einmal versuchen.</translation>
        </message>
        <message>
            <source>The disk refused to read or write.</source>
            <translation>Der Datenträger verweigerte Lesen oder Schreiben.</translation>
        </message>
        <message>
            <source>See whether the disk is still connected, then try again.</source>
            <translation>Nachsehen, ob er noch angeschlossen ist, dann noch einmal versuchen.</translation>
        </message>
        <message>
            <source>Stopped.</source>
            <translation>Angehalten.</translation>
        </message>
        <message>
            <source>What was done until then is kept.</source>
            <translation>Was bis dahin getan war, bleibt.</translation>
        </message>
        <message>
            <source>Stored bytes are damaged beyond repair.</source>
            <translation>Gespeicherte Bytes sind unheilbar beschädigt.</translation>
        </message>
        <message>
            <source>See on the page Healing what is lost.</source>
            <translation>Die Seite Heilung nennt, was verloren ist.</translation>
        </message>
        <message>
            <source>Open Healing</source>
            <translation>Zur Heilung</translation>
        </message>
        <message>
            <source>That cannot be done here.</source>
            <translation>Das geht hier nicht.</translation>
        </message>
        <message>
            <source>The reason says what is in the way.</source>
            <translation>Der Grund sagt, was im Wege steht.</translation>
        </message>
    </context>
    <context>
        <name>Text</name>
        <message>
            <source>%1 s</source>
            <translation>%1 s</translation>
        </message>
        <message>
            <source>%1 min %2 s</source>
            <translation>%1 min %2 s</translation>
        </message>
        <message>
            <source>Only the first %1 of %2 are shown.</source>
            <translation>Nur die ersten %1 von %2 werden gezeigt.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::AuditModel</name>
        <message>
            <source>(erased)</source>
            <translation>(gelöscht)</translation>
        </message>
        <message>
            <source>(its time was over)</source>
            <translation>(seine Zeit war um)</translation>
        </message>
        <message>
            <source>(cannot be read)</source>
            <translation>(nicht lesbar)</translation>
        </message>
        <message>
            <source>done</source>
            <translation>getan</translation>
        </message>
        <message>
            <source>refused</source>
            <translation>verweigert</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>fehlgeschlagen</translation>
        </message>
        <message>
            <source>verified</source>
            <translation>bewiesen</translation>
        </message>
        <message>
            <source>not verified</source>
            <translation>nicht geprüft</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Zeit</translation>
        </message>
        <message>
            <source>Outcome</source>
            <translation>Ergebnis</translation>
        </message>
        <message>
            <source>Actor</source>
            <translation>Wer</translation>
        </message>
        <message>
            <source>Action</source>
            <translation>Was</translation>
        </message>
        <message>
            <source>Object</source>
            <translation>Woran</translation>
        </message>
        <message>
            <source>Detail</source>
            <translation>Einzelheit</translation>
        </message>
        <message>
            <source>History</source>
            <translation>Geschichte</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::AuditPage</name>
        <message>
            <source>Verify</source>
            <translation>Beweisen</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>Vergleichen</translation>
        </message>
        <message>
            <source>Checkpoint</source>
            <translation>Prüfpunkt</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>Export</translation>
        </message>
        <message>
            <source>Read the whole history and prove that nothing was changed, removed or reordered.</source>
            <translation>Die ganze Geschichte lesen und beweisen, dass nichts geändert, entfernt oder umgestellt wurde.</translation>
        </message>
        <message>
            <source>Prove that the history has grown from a checkpoint that was kept elsewhere.</source>
            <translation>Beweisen, dass die Geschichte aus einem anderswo verwahrten Prüfpunkt gewachsen ist.</translation>
        </message>
        <message>
            <source>Sign the history as it is now. Keep checkpoints elsewhere: they show a cut-off end.</source>
            <translation>Die Geschichte unterschreiben, wie sie jetzt ist. Prüfpunkte anderswo verwahren: Sie zeigen ein abgeschnittenes Ende.</translation>
        </message>
        <message>
            <source>Write what the filter takes, with a signed manifest beside it.</source>
            <translation>Schreiben, was der Filter durchlässt, mit einem unterschriebenen Verzeichnis daneben.</translation>
        </message>
        <message>
            <source>Not verified since the store was opened.</source>
            <translation>Seit dem Öffnen nicht geprüft.</translation>
        </message>
        <message>
            <source>Audit</source>
            <translation>Protokoll</translation>
        </message>
        <message>
            <source>A checkpoint that was kept elsewhere</source>
            <translation>Ein anderswo verwahrter Prüfpunkt</translation>
        </message>
        <message>
            <source>Export the audit</source>
            <translation>Protokoll ausgeben</translation>
        </message>
        <message>
            <source>JSON lines (*.jsonl);;Comma-separated (*.csv);;CEF (*.cef);;OCSF (*.ocsf)</source>
            <translation>JSON-Zeilen (*.jsonl);;Kommagetrennt (*.csv);;CEF (*.cef);;OCSF (*.ocsf)</translation>
        </message>
        <message>
            <source>Actor</source>
            <translation>Wer</translation>
        </message>
        <message>
            <source>Action</source>
            <translation>Was</translation>
        </message>
        <message>
            <source>Action, such as memory</source>
            <translation>Was, etwa memory</translation>
        </message>
        <message>
            <source>Object</source>
            <translation>Woran</translation>
        </message>
        <message>
            <source>Object, subject or detail</source>
            <translation>Woran, an wem, Einzelheit</translation>
        </message>
        <message>
            <source>Outcome</source>
            <translation>Ergebnis</translation>
        </message>
        <message>
            <source>Every outcome</source>
            <translation>Jedes Ergebnis</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Zeit</translation>
        </message>
        <message>
            <source>At any time</source>
            <translation>Jederzeit</translation>
        </message>
        <message>
            <source>Last hour</source>
            <translation>Letzte Stunde</translation>
        </message>
        <message>
            <source>Last day</source>
            <translation>Letzter Tag</translation>
        </message>
        <message>
            <source>Last 7 days</source>
            <translation>Letzte 7 Tage</translation>
        </message>
        <message>
            <source>Last 30 days</source>
            <translation>Letzte 30 Tage</translation>
        </message>
        <message>
            <source>Follow</source>
            <translation>Folgen</translation>
        </message>
        <message>
            <source>New entries appear by themselves.</source>
            <translation>Neue Einträge erscheinen von selbst.</translation>
        </message>
        <message>
            <source>No entry fits</source>
            <translation>Kein Eintrag passt</translation>
        </message>
        <message>
            <source>Every change of the store leaves an entry. Loosen the filter above, or wait for something to happen.</source>
            <translation>Jede Änderung des Speichers hinterlässt einen Eintrag. Den Filter oben lockern oder warten, bis etwas geschieht.</translation>
        </message>
        <message>
            <source>About the entry</source>
            <translation>Über den Eintrag</translation>
        </message>
        <message>
            <source>Prove this entry</source>
            <translation>Diesen Eintrag beweisen</translation>
        </message>
        <message>
            <source>Verify the audit</source>
            <translation>Protokoll beweisen</translation>
        </message>
        <message>
            <source>Prove the chosen audit entry</source>
            <translation>Gewählten Protokolleintrag beweisen</translation>
        </message>
        <message>
            <source>Make a checkpoint of the audit</source>
            <translation>Prüfpunkt des Protokolls anlegen</translation>
        </message>
        <message>
            <source>%1 entries</source>
            <translation>%1 Einträge</translation>
        </message>
        <message>
            <source>The newest %1; older ones: %2. Narrow the filter to see them.</source>
            <translation>Die neuesten %1; ältere: %2. Ein engerer Filter zeigt sie.</translation>
        </message>
        <message>
            <source>No entry is chosen</source>
            <translation>Kein Eintrag gewählt</translation>
        </message>
        <message>
            <source>Choose one to see all of it and to prove it.</source>
            <translation>Einen wählen, um ihn ganz zu sehen und zu beweisen.</translation>
        </message>
        <message>
            <source>Entry</source>
            <translation>Eintrag</translation>
        </message>
        <message>
            <source>Subject</source>
            <translation>An wem</translation>
        </message>
        <message>
            <source>Detail</source>
            <translation>Einzelheit</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>Grund</translation>
        </message>
        <message>
            <source>Namespace</source>
            <translation>Namensraum</translation>
        </message>
        <message>
            <source>Request</source>
            <translation>Anfrage</translation>
        </message>
        <message>
            <source>Kept as</source>
            <translation>Verwahrt als</translation>
        </message>
        <message>
            <source>SHA-256 before</source>
            <translation>SHA-256 vorher</translation>
        </message>
        <message>
            <source>SHA-256 after</source>
            <translation>SHA-256 nachher</translation>
        </message>
        <message>
            <source>The history has not grown from this checkpoint.</source>
            <translation>Die Geschichte ist nicht aus diesem Prüfpunkt gewachsen.</translation>
        </message>
        <message>
            <source>Compare with the right file. If it is, this store is an older copy or its history was changed.</source>
            <translation>Mit der richtigen Datei vergleichen. Ist sie es, so ist dieser Speicher eine ältere Kopie oder seine Geschichte wurde geändert.</translation>
        </message>
        <message>
            <source>Intact: %1 entries among %2 records, %3 signed checkpoints.</source>
            <translation>Unversehrt: %1 Einträge unter %2 Sätzen, %3 unterschriebene Prüfpunkte.</translation>
        </message>
        <message>
            <source>The history has grown from the checkpoint.</source>
            <translation>Die Geschichte ist aus dem Prüfpunkt gewachsen.</translation>
        </message>
        <message>
            <source>Not intact: %1 problems, %2 lost records. %3</source>
            <translation>Nicht unversehrt: %1 Mängel, %2 verlorene Sätze. %3</translation>
        </message>
        <message>
            <source>Choose an entry on the page Audit first.</source>
            <translation>Zuerst auf der Seite Protokoll einen Eintrag wählen.</translation>
        </message>
        <message>
            <source>Prove entry %1</source>
            <translation>Eintrag %1 beweisen</translation>
        </message>
        <message>
            <source>Proof of entry %1</source>
            <translation>Beweis von Eintrag %1</translation>
        </message>
        <message>
            <source>It shows that the entry is in the signed history. resources/audit/verify_proof.py checks it without this program.</source>
            <translation>Er zeigt, dass der Eintrag in der unterschriebenen Geschichte steht. resources/audit/verify_proof.py prüft ihn ohne dieses Programm.</translation>
        </message>
        <message>
            <source>The history as it is now, signed. Keep it outside of this machine; Compare proves later growth from it.</source>
            <translation>Die Geschichte, wie sie jetzt ist, unterschrieben. Außerhalb dieses Rechners verwahren; Vergleichen beweist späteres Wachsen daraus.</translation>
        </message>
        <message>
            <source>%1 entries written to %2</source>
            <translation>%1 Einträge geschrieben nach %2</translation>
        </message>
        <message>
            <source>Open a store first.</source>
            <translation>Öffnen Sie zuerst einen Speicher.</translation>
        </message>
        <message>
            <source>Legal holds</source>
            <translation>Sperrvermerke</translation>
        </message>
        <message>
            <source>What can neither be forgotten nor purged nor erased.</source>
            <translation>Was weder vergessen noch getilgt noch gelöscht werden kann.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::BillingPage</name>
        <message>
            <source>Month</source>
            <translation>Monat</translation>
        </message>
        <message>
            <source>Customer</source>
            <translation>Kunde</translation>
        </message>
        <message>
            <source>Billing</source>
            <translation>Abrechnung</translation>
        </message>
        <message>
            <source>Usage</source>
            <translation>Verbrauch</translation>
        </message>
        <message>
            <source>Invoices</source>
            <translation>Rechnungen</translation>
        </message>
        <message>
            <source>Plans</source>
            <translation>Tarife</translation>
        </message>
        <message>
            <source>All customers</source>
            <translation>Alle Kunden</translation>
        </message>
        <message>
            <source>Close the month</source>
            <translation>Monat abschließen</translation>
        </message>
        <message>
            <source>Shows what the invoices of the month come to, and makes them final.</source>
            <translation>Zeigt, was die Rechnungen des Monats ergeben, und macht sie endgültig.</translation>
        </message>
        <message>
            <source>Export the chosen invoice</source>
            <translation>Gewählte Rechnung ausgeben</translation>
        </message>
        <message>
            <source>%1 customers, %2 drafts for %3, %4 invoices to be paid</source>
            <translation>%1 Kunden, %2 Entwürfe für %3, %4 Rechnungen zu bezahlen</translation>
        </message>
        <message>
            <source>Open a store for writing to close a month.</source>
            <translation>Zum Abschließen eines Monats einen Speicher zum Schreiben öffnen.</translation>
        </message>
        <message>
            <source>Close %1</source>
            <translation>%1 abschließen</translation>
        </message>
        <message>
            <source>%1 invoices are final</source>
            <translation>%1 Rechnungen sind endgültig</translation>
        </message>
        <message>
            <source>Void the chosen invoice</source>
            <translation>Gewählte Rechnung stornieren</translation>
        </message>
        <message>
            <source>Write a credit note for the chosen invoice</source>
            <translation>Gutschrift zur gewählten Rechnung schreiben</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::ClassDialog</name>
        <message>
            <source>Name</source>
            <translation>Name</translation>
        </message>
        <message>
            <source>Keep</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Rate class</source>
            <translation>Ratenklasse</translation>
        </message>
        <message>
            <source>Uses</source>
            <translation>Nutzungen</translation>
        </message>
        <message>
            <source>in seconds</source>
            <translation>in Sekunden</translation>
        </message>
        <message>
            <source>at once</source>
            <translation>auf einmal</translation>
        </message>
        <message>
            <source>Read</source>
            <translation>Lesen</translation>
        </message>
        <message>
            <source>Write</source>
            <translation>Schreiben</translation>
        </message>
        <message>
            <source>Heavy</source>
            <translation>Schweres</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Heavy is what reads or writes much at once: heal, audit, keys.</source>
            <translation>Schwer ist, was viel auf einmal liest oder schreibt: Heilen, Protokoll, Schlüssel.</translation>
        </message>
        <message>
            <source>A class has a name.</source>
            <translation>Eine Klasse hat einen Namen.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::CloseMonthDialog</name>
        <message>
            <source>Close the month</source>
            <translation>Monat abschließen</translation>
        </message>
        <message>
            <source>What will be final</source>
            <translation>Was endgültig wird</translation>
        </message>
        <message>
            <source>Make final</source>
            <translation>Endgültig machen</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Each draft becomes an invoice with the next number, which nothing changes after. What is used late comes with the next invoice.</source>
            <translation>Jeder Entwurf wird eine Rechnung mit der nächsten Nummer, die danach nichts mehr ändert. Was verspätet gemeldet wird, kommt mit der nächsten Rechnung.</translation>
        </message>
        <message>
            <source>This month is not over yet (UTC). It can be closed from the first day of the next one on.</source>
            <translation>Dieser Monat ist noch nicht zu Ende (UTC). Abschließen geht ab dem ersten Tag des nächsten.</translation>
        </message>
        <message>
            <source>Nothing to close</source>
            <translation>Nichts abzuschließen</translation>
        </message>
        <message>
            <source>Every customer of this month has its invoice, or there is none.</source>
            <translation>Jeder Kunde dieses Monats hat seine Rechnung, oder es gibt keinen.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::CommandPalette</name>
        <message>
            <source>Command</source>
            <translation>Befehl</translation>
        </message>
        <message>
            <source>Matching commands</source>
            <translation>Passende Befehle</translation>
        </message>
        <message>
            <source>Commands</source>
            <translation>Befehle</translation>
        </message>
        <message>
            <source>Type some letters of a command</source>
            <translation>Einige Buchstaben eines Befehls eingeben</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::CreateWizard</name>
        <message>
            <source>Folder of the new store</source>
            <translation>Ordner des neuen Speichers</translation>
        </message>
        <message>
            <source>Data shards</source>
            <translation>Datenscherben</translation>
        </message>
        <message>
            <source>Parity shards</source>
            <translation>Paritätsscherben</translation>
        </message>
        <message>
            <source>Write a key file into the key folder</source>
            <translation>Eine Schlüsseldatei in den Schlüsselordner schreiben</translation>
        </message>
        <message>
            <source>Passphrase</source>
            <translation>Kennsatz</translation>
        </message>
        <message>
            <source>Passphrase again</source>
            <translation>Kennsatz noch einmal</translation>
        </message>
        <message>
            <source>I have written the recovery code down</source>
            <translation>Ich habe den Rettungscode aufgeschrieben</translation>
        </message>
        <message>
            <source>New store</source>
            <translation>Neuer Speicher</translation>
        </message>
        <message>
            <source>Open the store</source>
            <translation>Speicher öffnen</translation>
        </message>
        <message>
            <source>Where it lies</source>
            <translation>Wo er liegt</translation>
        </message>
        <message>
            <source>What you keep is encrypted and spread over shard folders inside this folder.</source>
            <translation>Was bewahrt wird, ist verschlüsselt und über Scherbenordner in diesem Ordner verteilt.</translation>
        </message>
        <message>
            <source>Choose folder</source>
            <translation>Ordner wählen</translation>
        </message>
        <message>
            <source>Any %1 of %2 shard folders may be lost without losing a byte. Takes %3 % more room.</source>
            <translation>Beliebige %1 von %2 Scherbenordnern können verloren gehen, ohne dass ein Byte fehlt. Braucht %3 % mehr Platz.</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>Ordner</translation>
        </message>
        <message>
            <source>How it opens</source>
            <translation>Wie er sich öffnet</translation>
        </message>
        <message>
            <source>With a key file, a passphrase or both. A recovery code is made in any case.</source>
            <translation>Mit Schlüsseldatei, Kennsatz oder beidem. Ein Rettungscode entsteht in jedem Fall.</translation>
        </message>
        <message>
            <source>none</source>
            <translation>keiner</translation>
        </message>
        <message>
            <source>Key file</source>
            <translation>Schlüsseldatei</translation>
        </message>
        <message>
            <source>Again</source>
            <translation>Noch einmal</translation>
        </message>
        <message>
            <source>Make the store</source>
            <translation>Speicher anlegen</translation>
        </message>
        <message>
            <source>Recovery code</source>
            <translation>Rettungscode</translation>
        </message>
        <message>
            <source>It opens the store when all else is lost. It is shown this once and stored nowhere.</source>
            <translation>Er öffnet den Speicher, wenn alles andere verloren ist. Er wird nur jetzt gezeigt und nirgends gespeichert.</translation>
        </message>
        <message>
            <source>Copy for one minute</source>
            <translation>Für eine Minute kopieren</translation>
        </message>
        <message>
            <source>Save to a file</source>
            <translation>In Datei sichern</translation>
        </message>
        <message>
            <source>Save the recovery code</source>
            <translation>Rettungscode sichern</translation>
        </message>
        <message>
            <source>The two passphrases differ.</source>
            <translation>Die beiden Kennsätze sind verschieden.</translation>
        </message>
        <message>
            <source>Type both again.</source>
            <translation>Beide noch einmal eingeben.</translation>
        </message>
        <message>
            <source>Type again</source>
            <translation>Neu eingeben</translation>
        </message>
        <message>
            <source>The store would have no way in.</source>
            <translation>Der Speicher hätte keinen Zugang.</translation>
        </message>
        <message>
            <source>Choose a key file, a passphrase or both.</source>
            <translation>Schlüsseldatei, Kennsatz oder beides wählen.</translation>
        </message>
        <message>
            <source>Making the store</source>
            <translation>Speicher wird angelegt</translation>
        </message>
        <message>
            <source>Key file: %1</source>
            <translation>Schlüsseldatei: %1</translation>
        </message>
        <message>
            <source>Choose another folder</source>
            <translation>Anderen Ordner wählen</translation>
        </message>
        <message>
            <source>The recovery code is not confirmed.</source>
            <translation>Der Rettungscode ist nicht bestätigt.</translation>
        </message>
        <message>
            <source>The store is being made.</source>
            <translation>Der Speicher wird angelegt.</translation>
        </message>
        <message>
            <source>It takes a few seconds; its recovery code comes then.</source>
            <translation>Das dauert einige Sekunden; dann kommt sein Rettungscode.</translation>
        </message>
        <message>
            <source>The store is made, and its code is shown this once.</source>
            <translation>Der Speicher ist angelegt, und sein Code wird nur dieses eine Mal gezeigt.</translation>
        </message>
        <message>
            <source>Write it down and tick the box below, or close the window again to go without it.</source>
            <translation>Schreiben Sie ihn auf und setzen Sie unten das Häkchen, oder schließen Sie das Fenster noch einmal, um ohne ihn zu gehen.</translation>
        </message>
        <message>
            <source>Write it down, then tick the box below.</source>
            <translation>Aufschreiben, dann unten ankreuzen.</translation>
        </message>
        <message>
            <source>The recovery code was not saved.</source>
            <translation>Der Rettungscode wurde nicht gespeichert.</translation>
        </message>
        <message>
            <source>Choose a new file name.</source>
            <translation>Einen neuen Dateinamen wählen.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::DocumentView</name>
        <message>
            <source>Levels of the document</source>
            <translation>Ebenen des Dokuments</translation>
        </message>
        <message>
            <source>Part</source>
            <translation>Teil</translation>
        </message>
        <message>
            <source>Text</source>
            <translation>Text</translation>
        </message>
        <message>
            <source>Scores</source>
            <translation>Wertung</translation>
        </message>
        <message>
            <source>Record as JSON</source>
            <translation>Satz als JSON</translation>
        </message>
        <message>
            <source>Choose a document or a hit to see its levels, its text and its record.</source>
            <translation>Ein Dokument oder einen Treffer wählen, um Ebenen, Text und Satz zu sehen.</translation>
        </message>
        <message>
            <source>JSON</source>
            <translation>JSON</translation>
        </message>
        <message>
            <source>The text of this part cannot be read. Everything else about it is known; see JSON.</source>
            <translation>Der Text dieses Teils ist nicht lesbar. Alles andere ist bekannt; siehe JSON.</translation>
        </message>
        <message>
            <source>Only the beginning is shown; export it to see all.</source>
            <translation>Nur der Anfang ist zu sehen; der Export zeigt alles.</translation>
        </message>
        <message>
            <source>whole document, %1</source>
            <translation>ganzes Dokument, %1</translation>
        </message>
        <message>
            <source>Bytes</source>
            <translation>Bytes</translation>
        </message>
        <message>
            <source>Edit</source>
            <translation>Bearbeiten</translation>
        </message>
        <message>
            <source>Tags</source>
            <translation>Marken</translation>
        </message>
        <message>
            <source>Put on or take off tags</source>
            <translation>Marken setzen oder abnehmen</translation>
        </message>
        <message>
            <source>Change the text: a new version</source>
            <translation>Den Text ändern: eine neue Fassung</translation>
        </message>
        <message>
            <source>History</source>
            <translation>Verlauf</translation>
        </message>
        <message>
            <source>Tags: %1</source>
            <translation>Marken: %1</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::DocumentsModel</name>
        <message>
            <source>%1 missing</source>
            <translation>%1 fehlen</translation>
        </message>
        <message>
            <source>exact</source>
            <translation>genau</translation>
        </message>
        <message>
            <source>placeholder</source>
            <translation>Platzhalter</translation>
        </message>
        <message>
            <source>forgotten</source>
            <translation>vergessen</translation>
        </message>
        <message>
            <source>Title</source>
            <translation>Titel</translation>
        </message>
        <message>
            <source>Path</source>
            <translation>Pfad</translation>
        </message>
        <message>
            <source>Type</source>
            <translation>Art</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Passages</source>
            <translation>Absätze</translation>
        </message>
        <message>
            <source>Changed</source>
            <translation>Geändert</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Zustand</translation>
        </message>
        <message>
            <source>Tags</source>
            <translation>Marken</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::DrillMapView</name>
        <message>
            <source>Sectors of the copy before and after the heal</source>
            <translation>Sektoren der Kopie vor und nach dem Heilen</translation>
        </message>
        <message>
            <source>%1: %2 of %3 sectors damaged, %4 lost</source>
            <translation>%1: %2 von %3 Sektoren beschädigt, %4 verloren</translation>
        </message>
        <message>
            <source>After the damage</source>
            <translation>Nach dem Schaden</translation>
        </message>
        <message>
            <source>After the heal</source>
            <translation>Nach dem Heilen</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::DrillPane</name>
        <message>
            <source>Lost folders</source>
            <translation>Verlorene Ordner</translation>
        </message>
        <message>
            <source>Flipped bits</source>
            <translation>Gekippte Bits</translation>
        </message>
        <message>
            <source>Years of age</source>
            <translation>Alter in Jahren</translation>
        </message>
        <message>
            <source>Damage the catalog</source>
            <translation>Katalog beschädigen</translation>
        </message>
        <message>
            <source>Drill</source>
            <translation>Übung</translation>
        </message>
        <message>
            <source>Save the report</source>
            <translation>Bericht sichern</translation>
        </message>
        <message>
            <source>What was damaged and what came back</source>
            <translation>Was beschädigt wurde und was zurückkam</translation>
        </message>
        <message>
            <source>Web page (*.html)</source>
            <translation>Webseite (*.html)</translation>
        </message>
        <message>
            <source>Damage as disks meet it in so many years, from published failure rates.</source>
            <translation>Schaden, wie er Platten in so vielen Jahren trifft, nach veröffentlichten Ausfallraten.</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>A copy is being damaged, healed and compared with the store. The pane Jobs (Ctrl+J) shows how far it is.</source>
            <translation>Eine Kopie wird beschädigt, geheilt und mit dem Speicher verglichen. Der Bereich Aufgaben (Ctrl+J) zeigt, wie weit sie ist.</translation>
        </message>
        <message>
            <source>A drill copies the store, damages the copy, heals it and compares every document byte for byte.
The store itself is only read, and the copy is removed at the end.</source>
            <translation>Eine Übung kopiert den Speicher, beschädigt die Kopie, heilt sie und vergleicht jedes Dokument Byte für Byte.
Der Speicher selbst wird nur gelesen, die Kopie am Ende entfernt.</translation>
        </message>
        <message>
            <source>Open a store first.</source>
            <translation>Zuerst einen Speicher öffnen.</translation>
        </message>
        <message>
            <source>%1 of %2 documents came back byte for byte</source>
            <translation>%1 von %2 Dokumenten kamen Byte für Byte zurück</translation>
        </message>
        <message>
            <source>%1 faults, %2 healed, %3 not; healed in %4. Seed %5</source>
            <translation>%1 Schäden, %2 geheilt, %3 nicht; geheilt in %4. Startwert %5</translation>
        </message>
        <message>
            <source>The history of the healed copy holds.</source>
            <translation>Die Geschichte der geheilten Kopie hält.</translation>
        </message>
        <message>
            <source>Written to %1</source>
            <translation>Geschrieben nach %1</translation>
        </message>
        <message>
            <source>The history of the copy could not be healed as a whole.</source>
            <translation>Die Geschichte der Kopie ließ sich nicht ganz heilen.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::FaultsModel</name>
        <message>
            <source>damaged</source>
            <translation>beschädigt</translation>
        </message>
        <message>
            <source>healed</source>
            <translation>geheilt</translation>
        </message>
        <message>
            <source>lost</source>
            <translation>verloren</translation>
        </message>
        <message>
            <source>missing folder</source>
            <translation>Ordner fehlt</translation>
        </message>
        <message>
            <source>missing file</source>
            <translation>Datei fehlt</translation>
        </message>
        <message>
            <source>wrong length</source>
            <translation>falsche Länge</translation>
        </message>
        <message>
            <source>bad sector</source>
            <translation>schlechter Sektor</translation>
        </message>
        <message>
            <source>read error</source>
            <translation>Lesefehler</translation>
        </message>
        <message>
            <source>stale copy</source>
            <translation>veraltete Kopie</translation>
        </message>
        <message>
            <source>Outcome</source>
            <translation>Ergebnis</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>Art</translation>
        </message>
        <message>
            <source>File</source>
            <translation>Datei</translation>
        </message>
        <message>
            <source>Sector</source>
            <translation>Sektor</translation>
        </message>
        <message>
            <source>Bits</source>
            <translation>Bits</translation>
        </message>
        <message>
            <source>Last seen</source>
            <translation>Zuletzt gesehen</translation>
        </message>
        <message>
            <source>Times</source>
            <translation>Anzahl</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::ForgetDialog</name>
        <message>
            <source>Confirmation</source>
            <translation>Bestätigung</translation>
        </message>
        <message>
            <source>Purge the encrypted bytes from every file of the store now</source>
            <translation>Die verschlüsselten Bytes jetzt aus allen Dateien des Speichers tilgen</translation>
        </message>
        <message>
            <source>Forget</source>
            <translation>Vergessen</translation>
        </message>
        <message>
            <source>What will be forgotten</source>
            <translation>Was vergessen wird</translation>
        </message>
        <message>
            <source>Documents: %1. Passages: %2. Original bytes: %3.</source>
            <translation>Dokumente: %1. Absätze: %2. Umfang der Originale: %3.</translation>
        </message>
        <message>
            <source>Forget for good</source>
            <translation>Endgültig vergessen</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>This cannot be undone</source>
            <translation>Das ist nicht rückgängig zu machen</translation>
        </message>
        <message>
            <source>Neither heal nor the recovery code brings it back.</source>
            <translation>Weder Heilen noch der Rettungscode bringt es zurück.</translation>
        </message>
        <message>
            <source>Type "%1" to confirm:</source>
            <translation>Zur Bestätigung „%1“ eingeben:</translation>
        </message>
        <message>
            <source>forget</source>
            <translation>vergessen</translation>
        </message>
        <message>
            <source>Forget their other %1 versions as well; else the newest of them is current again</source>
            <translation>Auch ihre %1 anderen Fassungen vergessen; sonst gilt die neueste davon wieder</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::HealingPage</name>
        <message>
            <source>Scrub</source>
            <translation>Prüfen</translation>
        </message>
        <message>
            <source>Heal</source>
            <translation>Heilen</translation>
        </message>
        <message>
            <source>Verify</source>
            <translation>Beweisen</translation>
        </message>
        <message>
            <source>Read every sector and compare it with its check. Changes nothing.</source>
            <translation>Jeden Sektor lesen und mit seiner Prüfsumme vergleichen. Ändert nichts.</translation>
        </message>
        <message>
            <source>Repair everything that redundancy allows.</source>
            <translation>Alles herstellen, was die Redundanz erlaubt.</translation>
        </message>
        <message>
            <source>Decrypt every record and prove the whole history.</source>
            <translation>Jeden Satz entschlüsseln und die ganze Geschichte beweisen.</translation>
        </message>
        <message>
            <source>Healing</source>
            <translation>Heilung</translation>
        </message>
        <message>
            <source>Map of sectors</source>
            <translation>Karte der Sektoren</translation>
        </message>
        <message>
            <source>Faults</source>
            <translation>Fehler</translation>
        </message>
        <message>
            <source>Lost</source>
            <translation>Verloren</translation>
        </message>
        <message>
            <source>Damage</source>
            <translation>Schäden</translation>
        </message>
        <message>
            <source>A cell is one sector of 4 KiB</source>
            <translation>Ein Feld ist ein Sektor von 4 KiB</translation>
        </message>
        <message>
            <source>A cell is %1 sectors of 4 KiB</source>
            <translation>Ein Feld sind %1 Sektoren von 4 KiB</translation>
        </message>
        <message>
            <source>Faults (%1)</source>
            <translation>Fehler (%1)</translation>
        </message>
        <message>
            <source>No heal has run yet.</source>
            <translation>Noch keine Heilung gelaufen.</translation>
        </message>
        <message>
            <source>Last heal: %1</source>
            <translation>Letzte Heilung: %1</translation>
        </message>
        <message>
            <source>Lost (%1)</source>
            <translation>Verloren (%1)</translation>
        </message>
        <message>
            <source>Scrub: %1 sectors read, %2 faults, %3 flipped bits</source>
            <translation>Prüfen: %1 Sektoren gelesen, %2 Fehler, %3 gekippte Bits</translation>
        </message>
        <message>
            <source>The store is open for reading only; open it for writing to heal.</source>
            <translation>Der Speicher ist nur zum Lesen offen; zum Heilen muss er zum Schreiben offen sein.</translation>
        </message>
        <message>
            <source>Heal: %1 healed, %2 not healed, %3 written</source>
            <translation>Heilen: %1 geheilt, %2 nicht geheilt, %3 geschrieben</translation>
        </message>
        <message>
            <source>Verify: %1 records, all exact and proven</source>
            <translation>Beweisen: %1 Sätze, alle genau und bewiesen</translation>
        </message>
        <message>
            <source>Verify: %1 faults, %2 lost records, %3 places of history that do not prove</source>
            <translation>Beweisen: %1 Fehler, %2 verlorene Sätze, %3 Stellen der Geschichte ohne Beweis</translation>
        </message>
        <message>
            <source>Drill on a copy</source>
            <translation>An einer Kopie üben</translation>
        </message>
        <message>
            <source>Look for hypotheses</source>
            <translation>Vermutungen suchen</translation>
        </message>
        <message>
            <source>Hypotheses</source>
            <translation>Vermutungen</translation>
        </message>
        <message>
            <source>Drill</source>
            <translation>Übung</translation>
        </message>
        <message>
            <source>Keep the chosen hypothesis</source>
            <translation>Gewählte Hypothese behalten</translation>
        </message>
        <message>
            <source>Reject the chosen hypothesis</source>
            <translation>Gewählte Hypothese verwerfen</translation>
        </message>
        <message>
            <source>Start or pause the beacon</source>
            <translation>Leuchtfeuer starten oder anhalten</translation>
        </message>
        <message>
            <source>Beacon</source>
            <translation>Leuchtfeuer</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::HitsModel</name>
        <message>
            <source>Score %1</source>
            <translation>Wert %1</translation>
        </message>
        <message>
            <source>%1: +%2 (raw %3)</source>
            <translation>%1: +%2 (roh %3)</translation>
        </message>
        <message>
            <source>cannot be read</source>
            <translation>nicht lesbar</translation>
        </message>
        <message>
            <source>Score</source>
            <translation>Wert</translation>
        </message>
        <message>
            <source>Text</source>
            <translation>Text</translation>
        </message>
        <message>
            <source>Document</source>
            <translation>Dokument</translation>
        </message>
        <message>
            <source>Place</source>
            <translation>Stelle</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::HypothesesPane</name>
        <message>
            <source>words certain</source>
            <translation>Wörter sicher</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>unbekannt</translation>
        </message>
        <message>
            <source>proven</source>
            <translation>bewiesen</translation>
        </message>
        <message>
            <source>words certain, order guessed</source>
            <translation>Wörter sicher, Reihenfolge geraten</translation>
        </message>
        <message>
            <source>guessed</source>
            <translation>geraten</translation>
        </message>
        <message>
            <source>Standing</source>
            <translation>Stand</translation>
        </message>
        <message>
            <source>Document</source>
            <translation>Dokument</translation>
        </message>
        <message>
            <source>Place</source>
            <translation>Stelle</translation>
        </message>
        <message>
            <source>Guess</source>
            <translation>Vermutung</translation>
        </message>
        <message>
            <source>Hypotheses</source>
            <translation>Vermutungen</translation>
        </message>
        <message>
            <source>Look for hypotheses</source>
            <translation>Vermutungen suchen</translation>
        </message>
        <message>
            <source>No hypotheses</source>
            <translation>Keine Vermutungen</translation>
        </message>
        <message>
            <source>The index still knows the words of passages whose bytes are gone. Looking takes about a second for each lost passage.</source>
            <translation>Der Index kennt noch die Wörter von Abschnitten, deren Bytes fort sind. Das Suchen dauert etwa eine Sekunde je verlorenem Abschnitt.</translation>
        </message>
        <message>
            <source>Keep as a new memory</source>
            <translation>Als neue Erinnerung behalten</translation>
        </message>
        <message>
            <source>It says in its title and its tag what it is. The lost passage stays lost.</source>
            <translation>Titel und Marke sagen, was sie ist. Der verlorene Abschnitt bleibt verloren.</translation>
        </message>
        <message>
            <source>The hypothesis and its evidence</source>
            <translation>Die Vermutung und ihre Belege</translation>
        </message>
        <message>
            <source>Guesses are never found by a query, and nothing is derived from them.</source>
            <translation>Vermutungen findet keine Frage, und nichts wird aus ihnen abgeleitet.</translation>
        </message>
        <message>
            <source>No passage is chosen</source>
            <translation>Kein Abschnitt gewählt</translation>
        </message>
        <message>
            <source>Choose one to see what may have stood there, and why.</source>
            <translation>Einen wählen, um zu sehen, was dort gestanden haben mag, und warum.</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <translation>%1: %2</translation>
        </message>
        <message>
            <source>Nothing can be said: %1</source>
            <translation>Nichts lässt sich sagen: %1</translation>
        </message>
        <message>
            <source>Evidence</source>
            <translation>Belege</translation>
        </message>
        <message>
            <source>No passage is lost.</source>
            <translation>Kein Abschnitt ist verloren.</translation>
        </message>
        <message>
            <source>%1 lost passages</source>
            <translation>%1 verlorene Abschnitte</translation>
        </message>
        <message>
            <source>Keep a hypothesis</source>
            <translation>Vermutung behalten</translation>
        </message>
        <message>
            <source>Kept as a new memory, %1</source>
            <translation>Als neue Erinnerung behalten, %1</translation>
        </message>
        <message>
            <source>rejected</source>
            <translation>verworfen</translation>
        </message>
        <message>
            <source>%1 %</source>
            <translation>%1 %</translation>
        </message>
        <message>
            <source>rejected: not offered again until there is new evidence</source>
            <translation>verworfen: erst bei neuen Belegen wieder angeboten</translation>
        </message>
        <message>
            <source>Confidence</source>
            <translation>Zuversicht</translation>
        </message>
        <message>
            <source>Rejected ones, too</source>
            <translation>Auch verworfene</translation>
        </message>
        <message>
            <source>Reject</source>
            <translation>Verwerfen</translation>
        </message>
        <message>
            <source>Says that this did not stand there. It is audited, and not offered again until there is new evidence.</source>
            <translation>Sagt, dass dies nicht dort stand. Es wird protokolliert und erst bei neuen Belegen wieder angeboten.</translation>
        </message>
        <message>
            <source>confidence %1</source>
            <translation>Zuversicht %1</translation>
        </message>
        <message>
            <source>Reject a hypothesis</source>
            <translation>Eine Hypothese verwerfen</translation>
        </message>
        <message>
            <source>Rejected. It is not offered again until there is new evidence.</source>
            <translation>Verworfen. Sie wird erst bei neuen Belegen wieder angeboten.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::InvoicesPane</name>
        <message>
            <source>Invoices</source>
            <translation>Rechnungen</translation>
        </message>
        <message>
            <source>Mark as paid</source>
            <translation>Als bezahlt vermerken</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>Export</translation>
        </message>
        <message>
            <source>No invoices</source>
            <translation>Keine Rechnungen</translation>
        </message>
        <message>
            <source>Subscribe a customer to a plan on the tab Plans. What the month comes to then stands here as a draft, until the month is closed.</source>
            <translation>Unter Tarife einem Kunden einen Tarif geben. Was der Monat ergibt, steht dann hier als Entwurf, bis der Monat abgeschlossen wird.</translation>
        </message>
        <message>
            <source>Lines of the invoice</source>
            <translation>Zeilen der Rechnung</translation>
        </message>
        <message>
            <source>Events of the line</source>
            <translation>Ereignisse der Zeile</translation>
        </message>
        <message>
            <source>Events</source>
            <translation>Ereignisse</translation>
        </message>
        <message>
            <source>Choose a line that counts usage to see what it is made of.</source>
            <translation>Eine Zeile wählen, die Verbrauch zählt, um zu sehen, woraus sie besteht.</translation>
        </message>
        <message>
            <source>No invoice is chosen</source>
            <translation>Keine Rechnung gewählt</translation>
        </message>
        <message>
            <source>%1 is paid.</source>
            <translation>%1 ist bezahlt.</translation>
        </message>
        <message>
            <source>Choose an invoice on the page Billing first.</source>
            <translation>Zuerst auf der Seite Abrechnung eine Rechnung wählen.</translation>
        </message>
        <message>
            <source>Export the invoice</source>
            <translation>Rechnung ausgeben</translation>
        </message>
        <message>
            <source>PDF (*.pdf);;Comma-separated (*.csv);;JSON (*.json)</source>
            <translation>PDF (*.pdf);;Kommagetrennt (*.csv);;JSON (*.json)</translation>
        </message>
        <message>
            <source>Written to %1</source>
            <translation>Geschrieben nach %1</translation>
        </message>
        <message>
            <source>Void</source>
            <translation>Stornieren</translation>
        </message>
        <message>
            <source>Credit note</source>
            <translation>Gutschrift</translation>
        </message>
        <message>
            <source>Choose a final invoice that is not paid on the page Billing first.</source>
            <translation>Wählen Sie zuerst auf der Seite Abrechnung eine endgültige, unbezahlte Rechnung.</translation>
        </message>
        <message>
            <source>%1 is void.</source>
            <translation>%1 ist storniert.</translation>
        </message>
        <message>
            <source>Choose an invoice that is final or paid on the page Billing first.</source>
            <translation>Wählen Sie zuerst auf der Seite Abrechnung eine endgültige oder bezahlte Rechnung.</translation>
        </message>
        <message>
            <source>%1 was written.</source>
            <translation>%1 wurde geschrieben.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::JobsModel</name>
        <message>
            <source>stopping</source>
            <translation>hält an</translation>
        </message>
        <message>
            <source>beginning</source>
            <translation>beginnt</translation>
        </message>
        <message>
            <source>%1 a second</source>
            <translation>%1 je Sekunde</translation>
        </message>
        <message>
            <source>%1 left</source>
            <translation>noch %1</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::JobsPane</name>
        <message>
            <source>Jobs</source>
            <translation>Aufgaben</translation>
        </message>
        <message>
            <source>No job has run yet. Ingests, scrubs, heals and exports appear here.</source>
            <translation>Noch keine Aufgabe gelaufen. Aufnahmen, Prüfungen, Heilungen und Exporte stehen hier.</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>Clear ended</source>
            <translation>Beendete entfernen</translation>
        </message>
        <message>
            <source>Copy command</source>
            <translation>Befehl kopieren</translation>
        </message>
        <message>
            <source>Copies the line for a terminal that does the same.</source>
            <translation>Kopiert die Zeile, die im Terminal dasselbe tut.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::KeyChangeDialog</name>
        <message>
            <source>Rotate</source>
            <translation>Erneuern</translation>
        </message>
        <message>
            <source>Suspend</source>
            <translation>Aussetzen</translation>
        </message>
        <message>
            <source>Resume</source>
            <translation>Fortsetzen</translation>
        </message>
        <message>
            <source>Set expiry</source>
            <translation>Ablauf setzen</translation>
        </message>
        <message>
            <source>Add credits</source>
            <translation>Guthaben geben</translation>
        </message>
        <message>
            <source>Revoke</source>
            <translation>Widerrufen</translation>
        </message>
        <message>
            <source>Makes a new secret for the same rights. The old key goes on for the grace.</source>
            <translation>Macht ein neues Geheimnis für dieselben Rechte. Der alte Schlüssel gilt noch für die Schonfrist.</translation>
        </message>
        <message>
            <source>The key is refused from now on, until it is resumed.</source>
            <translation>Der Schlüssel wird ab jetzt verweigert, bis er fortgesetzt wird.</translation>
        </message>
        <message>
            <source>The key is refused from that moment on.</source>
            <translation>Der Schlüssel wird von da an verweigert.</translation>
        </message>
        <message>
            <source>Each use takes from the credits; a key without any left is refused.</source>
            <translation>Jede Nutzung zehrt vom Guthaben; ein Schlüssel ohne Guthaben wird verweigert.</translation>
        </message>
        <message>
            <source>The key never works again. This cannot be undone.</source>
            <translation>Der Schlüssel gilt nie wieder. Das lässt sich nicht rückgängig machen.</translation>
        </message>
        <message>
            <source>Grace</source>
            <translation>Schonfrist</translation>
        </message>
        <message>
            <source>none: the old key ends at once</source>
            <translation>keine: der alte Schlüssel endet sofort</translation>
        </message>
        <message>
            <source>one hour</source>
            <translation>eine Stunde</translation>
        </message>
        <message>
            <source>a day</source>
            <translation>ein Tag</translation>
        </message>
        <message>
            <source>a week</source>
            <translation>eine Woche</translation>
        </message>
        <message>
            <source>Ends</source>
            <translation>Endet</translation>
        </message>
        <message>
            <source>at that moment</source>
            <translation>zu diesem Zeitpunkt</translation>
        </message>
        <message>
            <source>never</source>
            <translation>nie</translation>
        </message>
        <message>
            <source>Expiry</source>
            <translation>Ablauf</translation>
        </message>
        <message>
            <source>Credits to add</source>
            <translation>Guthaben dazu</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>Grund</translation>
        </message>
        <message>
            <source>for the audit</source>
            <translation>für das Protokoll</translation>
        </message>
        <message>
            <source>Confirmation</source>
            <translation>Bestätigung</translation>
        </message>
        <message>
            <source>Type "%1"</source>
            <translation>"%1" eintippen</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>revoke</source>
            <translation>widerrufen</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::KeyDetails</name>
        <message>
            <source>About the key</source>
            <translation>Über den Schlüssel</translation>
        </message>
        <message>
            <source>Rotate</source>
            <translation>Erneuern</translation>
        </message>
        <message>
            <source>Suspend</source>
            <translation>Aussetzen</translation>
        </message>
        <message>
            <source>Resume</source>
            <translation>Fortsetzen</translation>
        </message>
        <message>
            <source>Set expiry</source>
            <translation>Ablauf setzen</translation>
        </message>
        <message>
            <source>Add credits</source>
            <translation>Guthaben geben</translation>
        </message>
        <message>
            <source>Revoke</source>
            <translation>Widerrufen</translation>
        </message>
        <message>
            <source>The store is open for reading only.</source>
            <translation>Der Speicher ist nur zum Lesen offen.</translation>
        </message>
        <message>
            <source>No key is chosen</source>
            <translation>Kein Schlüssel gewählt</translation>
        </message>
        <message>
            <source>Choose one to see its fingerprint and what it may do.</source>
            <translation>Einen wählen, um seinen Fingerabdruck zu sehen und was er darf.</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <translation>%1: %2</translation>
        </message>
        <message>
            <source>Key</source>
            <translation>Schlüssel</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>Nächster</translation>
        </message>
        <message>
            <source>Label</source>
            <translation>Bezeichnung</translation>
        </message>
        <message>
            <source>May</source>
            <translation>Darf</translation>
        </message>
        <message>
            <source>Scopes</source>
            <translation>Rechte</translation>
        </message>
        <message>
            <source>From</source>
            <translation>Von</translation>
        </message>
        <message>
            <source>everywhere</source>
            <translation>überall</translation>
        </message>
        <message>
            <source>Rate class</source>
            <translation>Ratenklasse</translation>
        </message>
        <message>
            <source>Uses</source>
            <translation>Nutzungen</translation>
        </message>
        <message>
            <source>Last use</source>
            <translation>Zuletzt genutzt</translation>
        </message>
        <message>
            <source>Uses a day</source>
            <translation>Nutzungen am Tag</translation>
        </message>
        <message>
            <source>no bound</source>
            <translation>keine Grenze</translation>
        </message>
        <message>
            <source>Credits left</source>
            <translation>Guthaben</translation>
        </message>
        <message>
            <source>not counted</source>
            <translation>nicht gezählt</translation>
        </message>
        <message>
            <source>Made</source>
            <translation>Angelegt</translation>
        </message>
        <message>
            <source>Expiry</source>
            <translation>Ablauf</translation>
        </message>
        <message>
            <source>never</source>
            <translation>nie</translation>
        </message>
        <message>
            <source>Grace ends</source>
            <translation>Schonfrist endet</translation>
        </message>
        <message>
            <source>Generation</source>
            <translation>Generation</translation>
        </message>
        <message>
            <source>Seat</source>
            <translation>Platz</translation>
        </message>
        <message>
            <source>%1, block %2</source>
            <translation>%1, Block %2</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::KeysPage</name>
        <message>
            <source>Keys</source>
            <translation>Schlüssel</translation>
        </message>
        <message>
            <source>New key</source>
            <translation>Neuer Schlüssel</translation>
        </message>
        <message>
            <source>Filter</source>
            <translation>Filter</translation>
        </message>
        <message>
            <source>Owner, label, scope, state</source>
            <translation>Inhaber, Bezeichnung, Rechte, Zustand</translation>
        </message>
        <message>
            <source>Rate classes</source>
            <translation>Ratenklassen</translation>
        </message>
        <message>
            <source>Leaked keys</source>
            <translation>Entwichene Schlüssel</translation>
        </message>
        <message>
            <source>No keys yet</source>
            <translation>Noch keine Schlüssel</translation>
        </message>
        <message>
            <source>A key lets a program or a person use this store over the network, within what its scopes allow. Its text is shown once.</source>
            <translation>Mit einem Schlüssel nutzt ein Programm oder ein Mensch diesen Speicher über das Netz, soweit seine Rechte reichen. Sein Text wird einmal gezeigt.</translation>
        </message>
        <message>
            <source>New class</source>
            <translation>Neue Klasse</translation>
        </message>
        <message>
            <source>Change class</source>
            <translation>Klasse ändern</translation>
        </message>
        <message>
            <source>Remove class</source>
            <translation>Klasse entfernen</translation>
        </message>
        <message>
            <source>A class says how often a key may be used. The built-in ones cannot be changed.</source>
            <translation>Eine Klasse sagt, wie oft ein Schlüssel genutzt werden darf. Die eingebauten lassen sich nicht ändern.</translation>
        </message>
        <message>
            <source>Scan a folder</source>
            <translation>Ordner durchsuchen</translation>
        </message>
        <message>
            <source>Looks for keys in all files below a folder: sources, logs, settings.</source>
            <translation>Sucht Schlüssel in allen Dateien unter einem Ordner: Quelltexte, Protokolle, Einstellungen.</translation>
        </message>
        <message>
            <source>No leaked keys known</source>
            <translation>Keine entwichenen Schlüssel bekannt</translation>
        </message>
        <message>
            <source>Scan a folder to see whether a key lies where it should not. A key that was found there should be revoked.</source>
            <translation>Einen Ordner durchsuchen, um zu sehen, ob ein Schlüssel liegt, wo er nicht soll. Ein dort gefundener Schlüssel gehört widerrufen.</translation>
        </message>
        <message>
            <source>Folder to scan</source>
            <translation>Ordner zum Durchsuchen</translation>
        </message>
        <message>
            <source>Rotate the chosen key</source>
            <translation>Gewählten Schlüssel erneuern</translation>
        </message>
        <message>
            <source>Suspend or resume the chosen key</source>
            <translation>Gewählten Schlüssel aussetzen oder fortsetzen</translation>
        </message>
        <message>
            <source>Set the expiry of the chosen key</source>
            <translation>Ablauf des gewählten Schlüssels setzen</translation>
        </message>
        <message>
            <source>Add credits to the chosen key</source>
            <translation>Gewähltem Schlüssel Guthaben geben</translation>
        </message>
        <message>
            <source>Revoke the chosen key</source>
            <translation>Gewählten Schlüssel widerrufen</translation>
        </message>
        <message>
            <source>Open a store first.</source>
            <translation>Zuerst einen Speicher öffnen.</translation>
        </message>
        <message>
            <source>The store is open for reading only; open it for writing to change keys.</source>
            <translation>Der Speicher ist nur zum Lesen offen; zum Ändern von Schlüsseln zum Schreiben öffnen.</translation>
        </message>
        <message>
            <source>%1 keys, %2 of them work</source>
            <translation>%1 Schlüssel, %2 davon gelten</translation>
        </message>
        <message>
            <source>Choose a key on the page Keys first.</source>
            <translation>Zuerst auf der Seite Schlüssel einen wählen.</translation>
        </message>
        <message>
            <source>resumed</source>
            <translation>fortgesetzt</translation>
        </message>
        <message>
            <source>suspended</source>
            <translation>ausgesetzt</translation>
        </message>
        <message>
            <source>given an expiry</source>
            <translation>mit einem Ablauf versehen</translation>
        </message>
        <message>
            <source>given credits</source>
            <translation>mit Guthaben versehen</translation>
        </message>
        <message>
            <source>revoked</source>
            <translation>widerrufen</translation>
        </message>
        <message>
            <source>The key of %1 was %2.</source>
            <translation>Der Schlüssel von %1 wurde %2.</translation>
        </message>
        <message>
            <source>Scan for leaked keys</source>
            <translation>Entwichene Schlüssel suchen</translation>
        </message>
        <message>
            <source>%1 files, %2 keys found, %3 could not be read</source>
            <translation>%1 Dateien, %2 Schlüssel gefunden, %3 nicht lesbar</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::MagicSquareView</name>
        <message>
            <source>Fingerprint as a magic square</source>
            <translation>Fingerabdruck als magisches Quadrat</translation>
        </message>
        <message>
            <source>Every row, column and diagonal comes to %1</source>
            <translation>Jede Zeile, Spalte und Diagonale ergibt %1</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::MainWindow</name>
        <message>
            <source>The settings could not be understood and were set aside as %1</source>
            <translation>Die Einstellungen waren unverständlich und liegen nun unter %1</translation>
        </message>
        <message>
            <source>Jobs</source>
            <translation>Aufgaben</translation>
        </message>
        <message>
            <source>Jobs: %1 running</source>
            <translation>Aufgaben: %1 laufen</translation>
        </message>
        <message>
            <source>read only</source>
            <translation>nur lesen</translation>
        </message>
        <message>
            <source>Sound</source>
            <translation>Heil</translation>
        </message>
        <message>
            <source>Needs a look</source>
            <translation>Nachsehen</translation>
        </message>
        <message>
            <source>Health: %1</source>
            <translation>Gesundheit: %1</translation>
        </message>
        <message>
            <source>The settings could not be written to %1</source>
            <translation>Die Einstellungen waren nicht nach %1 zu schreiben</translation>
        </message>
        <message>
            <source>Pages</source>
            <translation>Seiten</translation>
        </message>
        <message>
            <source>Command palette</source>
            <translation>Befehlspalette</translation>
        </message>
        <message>
            <source>Open store</source>
            <translation>Speicher öffnen</translation>
        </message>
        <message>
            <source>New store</source>
            <translation>Neuer Speicher</translation>
        </message>
        <message>
            <source>Lock</source>
            <translation>Sperren</translation>
        </message>
        <message>
            <source>Take the tour</source>
            <translation>Rundgang</translation>
        </message>
        <message>
            <source>Show or hide jobs</source>
            <translation>Aufgaben zeigen oder verbergen</translation>
        </message>
        <message>
            <source>Stop all jobs</source>
            <translation>Alle Aufgaben anhalten</translation>
        </message>
        <message>
            <source>Look again</source>
            <translation>Neu laden</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>Beenden</translation>
        </message>
        <message>
            <source>Go to %1</source>
            <translation>Gehe zu %1</translation>
        </message>
        <message>
            <source>Reset the layout</source>
            <translation>Anordnung zurücksetzen</translation>
        </message>
        <message>
            <source>Save diagnostics</source>
            <translation>Diagnose sichern</translation>
        </message>
        <message>
            <source>Written to %1</source>
            <translation>Geschrieben nach %1</translation>
        </message>
        <message>
            <source>Export the table</source>
            <translation>Tabelle exportieren</translation>
        </message>
        <message>
            <source>There is no table here to be exported.</source>
            <translation>Hier ist keine Tabelle zum Exportieren.</translation>
        </message>
        <message>
            <source>Switch between local time and UTC</source>
            <translation>Zwischen Ortszeit und UTC wechseln</translation>
        </message>
        <message>
            <source>Times are in UTC.</source>
            <translation>Zeiten stehen in UTC.</translation>
        </message>
        <message>
            <source>Times are local.</source>
            <translation>Zeiten stehen in Ortszeit.</translation>
        </message>
        <message>
            <source>In production: %1</source>
            <translation>Im Produktivbetrieb: %1</translation>
        </message>
        <message>
            <source>Open a store first.</source>
            <translation>Zuerst einen Speicher öffnen.</translation>
        </message>
        <message>
            <source>There is no command for what is shown here.</source>
            <translation>Für das, was hier steht, gibt es keinen Befehl.</translation>
        </message>
        <message>
            <source>Copied: %1</source>
            <translation>Kopiert: %1</translation>
        </message>
        <message>
            <source>Copy as command line</source>
            <translation>Als Befehlszeile kopieren</translation>
        </message>
        <message>
            <source>Copy as JSON</source>
            <translation>Als JSON kopieren</translation>
        </message>
        <message>
            <source>Profile of this store</source>
            <translation>Profil dieses Speichers</translation>
        </message>
        <message>
            <source>Help</source>
            <translation>Hilfe</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::MemoryPage</name>
        <message>
            <source>Question</source>
            <translation>Frage</translation>
        </message>
        <message>
            <source>Ask in your own words, or type words to find</source>
            <translation>In eigenen Worten fragen, oder Wörter suchen</translation>
        </message>
        <message>
            <source>How to search</source>
            <translation>Art der Suche</translation>
        </message>
        <message>
            <source>Hybrid</source>
            <translation>Gemischt</translation>
        </message>
        <message>
            <source>Meaning</source>
            <translation>Bedeutung</translation>
        </message>
        <message>
            <source>Words</source>
            <translation>Wörter</translation>
        </message>
        <message>
            <source>Namespace</source>
            <translation>Namensraum</translation>
        </message>
        <message>
            <source>All namespaces</source>
            <translation>Alle Namensräume</translation>
        </message>
        <message>
            <source>Add files</source>
            <translation>Dateien aufnehmen</translation>
        </message>
        <message>
            <source>Files to keep</source>
            <translation>Aufzunehmende Dateien</translation>
        </message>
        <message>
            <source>Documents</source>
            <translation>Dokumente</translation>
        </message>
        <message>
            <source>Answers</source>
            <translation>Antworten</translation>
        </message>
        <message>
            <source>Nothing is kept here yet. Drop files or folders onto this page.</source>
            <translation>Hier ist noch nichts. Dateien oder Ordner auf diese Seite ziehen.</translation>
        </message>
        <message>
            <source>Ask a question</source>
            <translation>Frage stellen</translation>
        </message>
        <message>
            <source>Add a folder</source>
            <translation>Ordner aufnehmen</translation>
        </message>
        <message>
            <source>Folder to keep</source>
            <translation>Aufzunehmender Ordner</translation>
        </message>
        <message>
            <source>Forget the chosen documents</source>
            <translation>Gewählte Dokumente vergessen</translation>
        </message>
        <message>
            <source>Export all originals</source>
            <translation>Alle Originale exportieren</translation>
        </message>
        <message>
            <source>%1 documents, %2 of text</source>
            <translation>%1 Dokumente, %2 Text</translation>
        </message>
        <message>
            <source>%1 hits among %2 passages in %3</source>
            <translation>%1 Treffer unter %2 Absätzen in %3</translation>
        </message>
        <message>
            <source>%1 ms</source>
            <translation>%1 ms</translation>
        </message>
        <message>
            <source>%1 passages could not be searched</source>
            <translation>%1 Absätze waren nicht durchsuchbar</translation>
        </message>
        <message>
            <source>%1 files kept, %2 unchanged, %3 refused</source>
            <translation>%1 Dateien aufgenommen, %2 unverändert, %3 abgelehnt</translation>
        </message>
        <message>
            <source>Some files were refused.</source>
            <translation>Einige Dateien wurden abgelehnt.</translation>
        </message>
        <message>
            <source>The rest was kept. See the jobs pane for the count.</source>
            <translation>Der Rest wurde aufgenommen. Die Zahl steht bei den Aufgaben.</translation>
        </message>
        <message>
            <source>Choose documents on the page Memory first.</source>
            <translation>Zuerst auf der Seite Gedächtnis Dokumente wählen.</translation>
        </message>
        <message>
            <source>Forget</source>
            <translation>Vergessen</translation>
        </message>
        <message>
            <source>%1 documents, %2 fragments</source>
            <translation>%1 Dokumente, %2 Fragmente</translation>
        </message>
        <message>
            <source>Export to</source>
            <translation>Exportieren nach</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>Export</translation>
        </message>
        <message>
            <source>%1 files, %2 incomplete</source>
            <translation>%1 Dateien, %2 unvollständig</translation>
        </message>
        <message>
            <source>Ingest %1</source>
            <translation>Aufnehmen: %1</translation>
        </message>
        <message>
            <source>%1 files and folders</source>
            <translation>%1 Dateien und Ordner</translation>
        </message>
        <message>
            <source>Export the list of documents</source>
            <translation>Liste der Dokumente exportieren</translation>
        </message>
        <message>
            <source>Comma-separated (*.csv);;JSON (*.json);;JSON lines (*.jsonl)</source>
            <translation>Durch Kommas getrennt (*.csv);;JSON (*.json);;JSON-Zeilen (*.jsonl)</translation>
        </message>
        <message>
            <source>%1 documents written to %2</source>
            <translation>%1 Dokumente nach %2 geschrieben</translation>
        </message>
        <message>
            <source>As of</source>
            <translation>Stand vom</translation>
        </message>
        <message>
            <source>Ask the memory as it was then</source>
            <translation>Das Gedächtnis fragen, wie es damals war</translation>
        </message>
        <message>
            <source>Edit the chosen document</source>
            <translation>Gewähltes Dokument bearbeiten</translation>
        </message>
        <message>
            <source>Tag the chosen documents</source>
            <translation>Gewählte Dokumente mit Marken versehen</translation>
        </message>
        <message>
            <source>History of the chosen document</source>
            <translation>Verlauf des gewählten Dokuments</translation>
        </message>
        <message>
            <source>Undo the last change of a document</source>
            <translation>Letzte Änderung eines Dokuments rückgängig machen</translation>
        </message>
        <message>
            <source>The store cannot be searched by meaning now.</source>
            <translation>Der Speicher kann jetzt nicht nach Bedeutung durchsucht werden.</translation>
        </message>
        <message>
            <source>Search by words, or install what is missing. The page Settings shows the plugins that there are.</source>
            <translation>Nach Wörtern suchen oder einrichten, was fehlt. Die Seite Einstellungen zeigt die vorhandenen Erweiterungen.</translation>
        </message>
        <message>
            <source>Open Settings</source>
            <translation>Zu den Einstellungen</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::NewKeyDialog</name>
        <message>
            <source>Owner</source>
            <translation>Inhaber</translation>
        </message>
        <message>
            <source>Label</source>
            <translation>Bezeichnung</translation>
        </message>
        <message>
            <source>May</source>
            <translation>Darf</translation>
        </message>
        <message>
            <source>Scopes</source>
            <translation>Rechte</translation>
        </message>
        <message>
            <source>Addresses</source>
            <translation>Adressen</translation>
        </message>
        <message>
            <source>Rate class</source>
            <translation>Ratenklasse</translation>
        </message>
        <message>
            <source>ends on</source>
            <translation>endet am</translation>
        </message>
        <message>
            <source>Expiry</source>
            <translation>Ablauf</translation>
        </message>
        <message>
            <source>Uses a day</source>
            <translation>Nutzungen am Tag</translation>
        </message>
        <message>
            <source>counted</source>
            <translation>gezählt</translation>
        </message>
        <message>
            <source>Credits</source>
            <translation>Guthaben</translation>
        </message>
        <message>
            <source>Make the key</source>
            <translation>Schlüssel anlegen</translation>
        </message>
        <message>
            <source>New key</source>
            <translation>Neuer Schlüssel</translation>
        </message>
        <message>
            <source>who has it: a name, a team, a program</source>
            <translation>wer ihn hat: ein Name, eine Gruppe, ein Programm</translation>
        </message>
        <message>
            <source>from everywhere; or networks such as 10.1.0.0/16</source>
            <translation>von überall; oder Netze wie 10.1.0.0/16</translation>
        </message>
        <message>
            <source>no bound</source>
            <translation>keine Grenze</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>A key has an owner.</source>
            <translation>Ein Schlüssel hat einen Inhaber.</translation>
        </message>
        <message>
            <source>Name at least one scope, for instance read:letters.</source>
            <translation>Mindestens ein Recht nennen, etwa read:letters.</translation>
        </message>
        <message>
            <source>The expiry is in the past.</source>
            <translation>Der Ablauf liegt in der Vergangenheit.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::OverviewPage</name>
        <message>
            <source>Looking at the store</source>
            <translation>Der Speicher wird angesehen</translation>
        </message>
        <message>
            <source>Documents</source>
            <translation>Dokumente</translation>
        </message>
        <message>
            <source>Fragments</source>
            <translation>Fragmente</translation>
        </message>
        <message>
            <source>Placeholders</source>
            <translation>Platzhalter</translation>
        </message>
        <message>
            <source>Redundancy</source>
            <translation>Redundanz</translation>
        </message>
        <message>
            <source>Faults</source>
            <translation>Fehler</translation>
        </message>
        <message>
            <source>Room taken</source>
            <translation>Belegter Platz</translation>
        </message>
        <message>
            <source>This store</source>
            <translation>Dieser Speicher</translation>
        </message>
        <message>
            <source>Overview</source>
            <translation>Überblick</translation>
        </message>
        <message>
            <source>Namespaces: %1</source>
            <translation>Namensräume: %1</translation>
        </message>
        <message>
            <source>%1 of text</source>
            <translation>%1 Text</translation>
        </message>
        <message>
            <source>every fragment can be read</source>
            <translation>jedes Fragment ist lesbar</translation>
        </message>
        <message>
            <source>fragments that cannot be read</source>
            <translation>nicht lesbare Fragmente</translation>
        </message>
        <message>
            <source>%1 of %2 folders</source>
            <translation>%1 von %2 Ordnern</translation>
        </message>
        <message>
            <source>%1 more may be lost</source>
            <translation>%1 weitere dürfen fehlen</translation>
        </message>
        <message>
            <source>Healed so far: %1</source>
            <translation>Bisher geheilt: %1</translation>
        </message>
        <message>
            <source>Sealed segments: %1</source>
            <translation>Versiegelte Segmente: %1</translation>
        </message>
        <message>
            <source>Some memory cannot be read</source>
            <translation>Ein Teil ist nicht lesbar</translation>
        </message>
        <message>
            <source>The store is sound</source>
            <translation>Der Speicher ist heil</translation>
        </message>
        <message>
            <source>The store needs a look</source>
            <translation>Der Speicher braucht einen Blick</translation>
        </message>
        <message>
            <source>The page Healing names what is lost.</source>
            <translation>Die Seite Heilung nennt, was verloren ist.</translation>
        </message>
        <message>
            <source>All that was looked at is exact. Remarks: %1.</source>
            <translation>Alles Angesehene ist genau. Anmerkungen: %1.</translation>
        </message>
        <message>
            <source>Everything can be read. Redundancy should be restored.</source>
            <translation>Alles ist lesbar. Die Redundanz sollte wiederhergestellt werden.</translation>
        </message>
        <message>
            <source>Open Healing</source>
            <translation>Zur Heilung</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>Ordner</translation>
        </message>
        <message>
            <source>Made</source>
            <translation>Angelegt</translation>
        </message>
        <message>
            <source>Opens with</source>
            <translation>Öffnet mit</translation>
        </message>
        <message>
            <source>Shards</source>
            <translation>Scherben</translation>
        </message>
        <message>
            <source>%1 data, %2 parity</source>
            <translation>%1 Daten, %2 Parität</translation>
        </message>
        <message>
            <source>Failure domains</source>
            <translation>Ausfallbereiche</translation>
        </message>
        <message>
            <source>Records</source>
            <translation>Sätze</translation>
        </message>
        <message>
            <source>%1 in the log, %2 not sealed yet</source>
            <translation>%1 im Protokoll, %2 noch nicht versiegelt</translation>
        </message>
        <message>
            <source>Forgotten</source>
            <translation>Vergessen</translation>
        </message>
        <message>
            <source>Embedder</source>
            <translation>Einbettung</translation>
        </message>
        <message>
            <source>Last heal</source>
            <translation>Letzte Heilung</translation>
        </message>
        <message>
            <source>never</source>
            <translation>nie</translation>
        </message>
        <message>
            <source>not metered</source>
            <translation>nicht gemessen</translation>
        </message>
        <message>
            <source>%1 passages put in, %2 questions asked</source>
            <translation>%1 Abschnitte aufgenommen, %2 Fragen gestellt</translation>
        </message>
        <message>
            <source>Today (UTC)</source>
            <translation>Heute (UTC)</translation>
        </message>
        <message>
            <source>Last scrub</source>
            <translation>Letzte Prüfung</translation>
        </message>
        <message>
            <source>the beacon has not ended a round</source>
            <translation>das Leuchtfeuer hat noch keine Runde beendet</translation>
        </message>
        <message>
            <source>Waiting to be healed</source>
            <translation>Warten auf Heilung</translation>
        </message>
        <message>
            <source>Questions go by words only: %1</source>
            <translation>Fragen gehen nur nach Wörtern: %1</translation>
        </message>
        <message>
            <source>Open Settings</source>
            <translation>Zu den Einstellungen</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::PlansPane</name>
        <message>
            <source>Plans</source>
            <translation>Tarife</translation>
        </message>
        <message>
            <source>Subscriptions</source>
            <translation>Abonnements</translation>
        </message>
        <message>
            <source>Add a plan</source>
            <translation>Tarif hinzufügen</translation>
        </message>
        <message>
            <source>Subscribe a customer</source>
            <translation>Kunden zuordnen</translation>
        </message>
        <message>
            <source>No plans yet</source>
            <translation>Noch keine Tarife</translation>
        </message>
        <message>
            <source>A plan is a JSON document that says what costs how much; core/docs/billing.md has every field.</source>
            <translation>Ein Tarif ist ein JSON-Dokument, das sagt, was wie viel kostet; core/docs/billing.md nennt jedes Feld.</translation>
        </message>
        <message>
            <source>Nobody is subscribed</source>
            <translation>Niemand hat einen Tarif</translation>
        </message>
        <message>
            <source>Invoices are made for customers with a subscription. A namespace is a customer of its own name.</source>
            <translation>Rechnungen bekommen Kunden mit einem Tarif. Ein Namensraum ist ein Kunde seines Namens.</translation>
        </message>
        <message>
            <source>A plan</source>
            <translation>Ein Tarif</translation>
        </message>
        <message>
            <source>JSON (*.json)</source>
            <translation>JSON (*.json)</translation>
        </message>
        <message>
            <source>The plan or subscription was refused.</source>
            <translation>Der Tarif oder die Zuordnung wurde abgelehnt.</translation>
        </message>
        <message>
            <source>The reason begins with the place in the document. Correct it and try again.</source>
            <translation>Der Grund beginnt mit der Stelle im Dokument. Berichtigen und noch einmal versuchen.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::ProblemPanel</name>
        <message>
            <source>What to do</source>
            <translation>Abhilfe</translation>
        </message>
        <message>
            <source>Dismiss</source>
            <translation>Schließen</translation>
        </message>
        <message>
            <source>Copies this message. The id names it in the session log.</source>
            <translation>Kopiert diese Meldung. Die Kennung nennt sie im Sitzungsprotokoll.</translation>
        </message>
        <message>
            <source>Copy %1</source>
            <translation>%1 kopieren</translation>
        </message>
        <message>
            <source>Copy this message</source>
            <translation>Diese Meldung kopieren</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::SecretDialog</name>
        <message>
            <source>I have kept the key</source>
            <translation>Ich habe den Schlüssel verwahrt</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
        <message>
            <source>The new key</source>
            <translation>Der neue Schlüssel</translation>
        </message>
        <message>
            <source>The text of the key</source>
            <translation>Der Text des Schlüssels</translation>
        </message>
        <message>
            <source>Copy for one minute</source>
            <translation>Für eine Minute kopieren</translation>
        </message>
        <message>
            <source>Save to a file</source>
            <translation>In Datei sichern</translation>
        </message>
        <message>
            <source>Shown this once</source>
            <translation>Nur dieses eine Mal gezeigt</translation>
        </message>
        <message>
            <source>The store keeps only a fingerprint. Whoever has the key can do what it allows.</source>
            <translation>Der Speicher behält nur einen Fingerabdruck. Wer den Schlüssel hat, kann, was er erlaubt.</translation>
        </message>
        <message>
            <source>The clipboard is cleared after a minute.</source>
            <translation>Die Zwischenablage wird nach einer Minute geleert.</translation>
        </message>
        <message>
            <source>Save the key</source>
            <translation>Schlüssel sichern</translation>
        </message>
        <message>
            <source>The key was not saved.</source>
            <translation>Der Schlüssel wurde nicht gesichert.</translation>
        </message>
        <message>
            <source>Choose a new file name.</source>
            <translation>Einen neuen Dateinamen wählen.</translation>
        </message>
        <message>
            <source>Saved to %1, which only you can read.</source>
            <translation>Gesichert in %1, lesbar nur für Sie.</translation>
        </message>
        <message>
            <source>Copy or save the key first: it cannot be shown again.</source>
            <translation>Zuerst kopieren oder sichern: Er kann nicht noch einmal gezeigt werden.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::SectorMap</name>
        <message>
            <source>Map of sectors</source>
            <translation>Karte der Sektoren</translation>
        </message>
        <message>
            <source>healed</source>
            <translation>geheilt</translation>
        </message>
        <message>
            <source>damaged</source>
            <translation>beschädigt</translation>
        </message>
        <message>
            <source>lost</source>
            <translation>verloren</translation>
        </message>
        <message>
            <source>sound</source>
            <translation>heil</translation>
        </message>
        <message>
            <source>This folder is not there. Heal makes it anew from the others.</source>
            <translation>Dieser Ordner fehlt. Heilen stellt ihn aus den anderen her.</translation>
        </message>
        <message>
            <source>%1, sectors %2 to %3: %4</source>
            <translation>%1, Sektoren %2 bis %3: %4</translation>
        </message>
        <message>
            <source>missing</source>
            <translation>fehlt</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::SettingsPage</name>
        <message>
            <source>Theme</source>
            <translation>Farben</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>Sprache</translation>
        </message>
        <message>
            <source>Scale</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Lock after</source>
            <translation>Sperren nach</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>Hell</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>Dunkel</translation>
        </message>
        <message>
            <source>High contrast</source>
            <translation>Hoher Kontrast</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>Wie das System</translation>
        </message>
        <message>
            <source>%1 %</source>
            <translation>%1 %</translation>
        </message>
        <message>
            <source>never</source>
            <translation>nie</translation>
        </message>
        <message>
            <source>min without a key or click</source>
            <translation>min ohne Taste oder Klick</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>Einstellungen</translation>
        </message>
        <message>
            <source>Appearance</source>
            <translation>Aussehen</translation>
        </message>
        <message>
            <source>Language and scale hold from the next start.</source>
            <translation>Sprache und Größe gelten ab dem nächsten Start.</translation>
        </message>
        <message>
            <source>Security</source>
            <translation>Sicherheit</translation>
        </message>
        <message>
            <source>Ctrl+L locks at once. A locked store is closed and its keys are wiped from memory.</source>
            <translation>Strg+L sperrt sofort. Ein gesperrter Speicher ist geschlossen, seine Schlüssel sind aus dem Arbeitsspeicher gelöscht.</translation>
        </message>
        <message>
            <source>Times</source>
            <translation>Zeiten</translation>
        </message>
        <message>
            <source>Local time</source>
            <translation>Ortszeit</translation>
        </message>
        <message>
            <source>UTC</source>
            <translation>UTC</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::ShortcutsPage</name>
        <message>
            <source>Commands and their shortcuts</source>
            <translation>Befehle und ihre Tastenkürzel</translation>
        </message>
        <message>
            <source>Shortcuts</source>
            <translation>Tastenkürzel</translation>
        </message>
        <message>
            <source>Ctrl+K finds every command by some of its letters. Enter on a row runs it.</source>
            <translation>Strg+K findet jeden Befehl an einigen seiner Buchstaben. Enter auf einer Zeile führt ihn aus.</translation>
        </message>
        <message>
            <source>Command</source>
            <translation>Befehl</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>Tasten</translation>
        </message>
        <message>
            <source>New keys</source>
            <translation>Neue Tasten</translation>
        </message>
        <message>
            <source>Change keys</source>
            <translation>Tasten ändern</translation>
        </message>
        <message>
            <source>As delivered</source>
            <translation>Wie geliefert</translation>
        </message>
        <message>
            <source>Gives the chosen command the keys that were pressed in the field.</source>
            <translation>Gibt dem gewählten Befehl die im Feld gedrückten Tasten.</translation>
        </message>
        <message>
            <source>Choose a command, press its new keys in the field, and change it.</source>
            <translation>Einen Befehl wählen, im Feld die neuen Tasten drücken und ändern.</translation>
        </message>
        <message>
            <source>The delivered keys hold from the next start.</source>
            <translation>Die gelieferten Tasten gelten ab dem nächsten Start.</translation>
        </message>
        <message>
            <source>Choose a command first.</source>
            <translation>Zuerst einen Befehl wählen.</translation>
        </message>
        <message>
            <source>These keys belong to "%1" already.</source>
            <translation>Diese Tasten gehören schon zu "%1".</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::StartPage</name>
        <message>
            <source>Recent stores</source>
            <translation>Letzte Speicher</translation>
        </message>
        <message>
            <source>No store was opened yet. The tour makes one from a sample corpus in a temporary folder.</source>
            <translation>Noch kein Speicher wurde geöffnet. Der Rundgang legt einen aus Beispielen in einem vorläufigen Ordner an.</translation>
        </message>
        <message>
            <source>Open store</source>
            <translation>Speicher öffnen</translation>
        </message>
        <message>
            <source>New store</source>
            <translation>Neuer Speicher</translation>
        </message>
        <message>
            <source>Take the tour</source>
            <translation>Rundgang</translation>
        </message>
        <message>
            <source>CARMA</source>
            <translation>CARMA</translation>
        </message>
        <message>
            <source>Memory that is encrypted, checked to the last sector, and repaired.</source>
            <translation>Gedächtnis, das verschlüsselt, bis zum letzten Sektor geprüft und geheilt wird.</translation>
        </message>
        <message>
            <source>(not there)</source>
            <translation>(nicht da)</translation>
        </message>
        <message>
            <source>Locked. Unlock %1</source>
            <translation>Gesperrt. %1 entsperren</translation>
        </message>
        <message>
            <source>Profile of the chosen store</source>
            <translation>Profil des gewählten Speichers</translation>
        </message>
        <message>
            <source>%1: in production</source>
            <translation>%1: im Produktivbetrieb</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::SubscribeDialog</name>
        <message>
            <source>Customer</source>
            <translation>Kunde</translation>
        </message>
        <message>
            <source>Plan</source>
            <translation>Tarif</translation>
        </message>
        <message>
            <source>From</source>
            <translation>Ab</translation>
        </message>
        <message>
            <source>Subscribe a customer</source>
            <translation>Kunden zuordnen</translation>
        </message>
        <message>
            <source>Subscribe</source>
            <translation>Zuordnen</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>An earlier subscription of the customer ends on that day (UTC).</source>
            <translation>Ein früherer Tarif des Kunden endet an diesem Tag (UTC).</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::TextDialog</name>
        <message>
            <source>Save to a file</source>
            <translation>In Datei sichern</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Kopieren</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
        <message>
            <source>Copied.</source>
            <translation>Kopiert.</translation>
        </message>
        <message>
            <source>Saved to %1.</source>
            <translation>Gesichert in %1.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::Tour</name>
        <message>
            <source>1 of 4: how the store is</source>
            <translation>1 von 4: wie es dem Speicher geht</translation>
        </message>
        <message>
            <source>68 documents of a small town were just put into a temporary store. Each figure leads to its cause.</source>
            <translation>68 Dokumente aus einer kleinen Stadt liegen nun in einem vorläufigen Speicher. Jede Zahl führt zu ihrer Ursache.</translation>
        </message>
        <message>
            <source>2 of 4: what is in it</source>
            <translation>2 von 4: was darin ist</translation>
        </message>
        <message>
            <source>Type a question into the line at the top. Pick a hit to see where it stands and why it was found.</source>
            <translation>Oben eine Frage eingeben. Ein Treffer zeigt, wo er steht und warum er gefunden wurde.</translation>
        </message>
        <message>
            <source>3 of 4: how it stays whole</source>
            <translation>3 von 4: wie er heil bleibt</translation>
        </message>
        <message>
            <source>Scrub reads every sector of every shard folder. Heal repairs what redundancy allows.</source>
            <translation>Prüfen liest jeden Sektor aller Scherbenordner. Heilen stellt her, was die Redundanz erlaubt.</translation>
        </message>
        <message>
            <source>4 of 4: how you like it</source>
            <translation>4 von 4: wie es gefällt</translation>
        </message>
        <message>
            <source>Theme, language and lock. Ctrl+K finds every command. The temporary store goes when the program ends.</source>
            <translation>Farben, Sprache und Sperre. Strg+K findet jeden Befehl. Der vorläufige Speicher verschwindet mit dem Programm.</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>Weiter</translation>
        </message>
        <message>
            <source>End the tour</source>
            <translation>Rundgang beenden</translation>
        </message>
        <message>
            <source>The sample corpus is not there.</source>
            <translation>Die Beispiele sind nicht da.</translation>
        </message>
        <message>
            <source>Install the program with its resources, or make a store of your own.</source>
            <translation>Das Programm mit seinen Beigaben installieren, oder einen eigenen Speicher anlegen.</translation>
        </message>
        <message>
            <source>New store</source>
            <translation>Neuer Speicher</translation>
        </message>
        <message>
            <source>Putting the sample corpus in</source>
            <translation>Beispiele werden aufgenommen</translation>
        </message>
        <message>
            <source>%1 files</source>
            <translation>%1 Dateien</translation>
        </message>
        <message>
            <source>Done</source>
            <translation>Fertig</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::TreeModel</name>
        <message>
            <source>document</source>
            <translation>Dokument</translation>
        </message>
        <message>
            <source>section</source>
            <translation>Abschnitt</translation>
        </message>
        <message>
            <source>passage</source>
            <translation>Absatz</translation>
        </message>
        <message>
            <source>sentences</source>
            <translation>Sätze</translation>
        </message>
        <message>
            <source>Part</source>
            <translation>Teil</translation>
        </message>
        <message>
            <source>Level</source>
            <translation>Ebene</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::UnlockDialog</name>
        <message>
            <source>Folder of the store</source>
            <translation>Ordner des Speichers</translation>
        </message>
        <message>
            <source>Key file</source>
            <translation>Schlüsseldatei</translation>
        </message>
        <message>
            <source>Passphrase</source>
            <translation>Kennsatz</translation>
        </message>
        <message>
            <source>Recovery code</source>
            <translation>Rettungscode</translation>
        </message>
        <message>
            <source>Open for reading only</source>
            <translation>Nur zum Lesen öffnen</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
        <message>
            <source>Open store</source>
            <translation>Speicher öffnen</translation>
        </message>
        <message>
            <source>Choose folder</source>
            <translation>Ordner wählen</translation>
        </message>
        <message>
            <source>Store</source>
            <translation>Speicher</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>the one in the key folder</source>
            <translation>die im Schlüsselordner</translation>
        </message>
        <message>
            <source>Choose key file</source>
            <translation>Schlüsseldatei wählen</translation>
        </message>
        <message>
            <source>Nothing was typed.</source>
            <translation>Nichts wurde eingegeben.</translation>
        </message>
        <message>
            <source>Type it, or choose another way in.</source>
            <translation>Eingeben, oder einen anderen Zugang wählen.</translation>
        </message>
        <message>
            <source>Type it</source>
            <translation>Eingeben</translation>
        </message>
        <message>
            <source>Opening</source>
            <translation>Öffnet</translation>
        </message>
        <message>
            <source>%1: in production</source>
            <translation>%1: im Produktivbetrieb</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::UsageChart</name>
        <message>
            <source>Usage by day</source>
            <translation>Verbrauch nach Tagen</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <translation>%1: %2</translation>
        </message>
        <message>
            <source>Nothing was used</source>
            <translation>Nichts wurde verbraucht</translation>
        </message>
        <message>
            <source>Day %1: %2 %3</source>
            <translation>Tag %1: %2 %3</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::UsagePane</name>
        <message>
            <source>Meter</source>
            <translation>Zähler</translation>
        </message>
        <message>
            <source>Turn metering on</source>
            <translation>Zählen einschalten</translation>
        </message>
        <message>
            <source>Usage</source>
            <translation>Verbrauch</translation>
        </message>
        <message>
            <source>Nothing was used in this month</source>
            <translation>In diesem Monat wurde nichts verbraucht</translation>
        </message>
        <message>
            <source>The store counts its own operations once metering is on or there is a plan; others can be recorded with "carma usage record".</source>
            <translation>Der Speicher zählt seine Vorgänge, sobald das Zählen an ist oder es einen Tarif gibt; andere nimmt "carma usage record" auf.</translation>
        </message>
        <message>
            <source>Turn metering off</source>
            <translation>Zählen ausschalten</translation>
        </message>
        <message>
            <source>%1: %2 % of %3 are used (%4 of %5)</source>
            <translation>%1: %2 % von %3 sind verbraucht (%4 von %5)</translation>
        </message>
        <message>
            <source>and %1 more</source>
            <translation>und %1 weitere</translation>
        </message>
        <message>
            <source>%1 in %2, by day (UTC)</source>
            <translation>%1 im %2, nach Tagen (UTC)</translation>
        </message>
    </context>
    <context>
        <name>Graph</name>
        <message>
            <source>recovered</source>
            <translation>wiederhergestellt</translation>
        </message>
        <message>
            <source>hypothesis</source>
            <translation>Hypothese</translation>
        </message>
        <message>
            <source>partly lost</source>
            <translation>teils verloren</translation>
        </message>
        <message>
            <source>lost</source>
            <translation>verloren</translation>
        </message>
        <message>
            <source>exact</source>
            <translation>genau</translation>
        </message>
        <message>
            <source>section</source>
            <translation>Abschnitt</translation>
        </message>
        <message>
            <source>passage</source>
            <translation>Passage</translation>
        </message>
        <message>
            <source>document</source>
            <translation>Dokument</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::GraphLegend</name>
        <message>
            <source>Signs of the graph</source>
            <translation>Zeichen des Graphen</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::GraphPage</name>
        <message>
            <source>Nothing was found.</source>
            <translation>Nichts gefunden.</translation>
        </message>
        <message>
            <source>%1 found</source>
            <translation>%1 gefunden</translation>
        </message>
        <message>
            <source>Its bytes cannot be read.</source>
            <translation>Ihre Bytes sind nicht lesbar.</translation>
        </message>
        <message>
            <source>Resume</source>
            <translation>Weiter</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>Resume the layout</source>
            <translation>Anordnung fortsetzen</translation>
        </message>
        <message>
            <source>Pause the layout</source>
            <translation>Anordnung anhalten</translation>
        </message>
        <message>
            <source>Export the graph</source>
            <translation>Graphen exportieren</translation>
        </message>
        <message>
            <source>The graph was written to %1</source>
            <translation>Der Graph wurde nach %1 geschrieben</translation>
        </message>
        <message>
            <source>Picture of vectors (*.svg)</source>
            <translation>Vektorbild (*.svg)</translation>
        </message>
        <message>
            <source>Picture of pixels (*.png)</source>
            <translation>Pixelbild (*.png)</translation>
        </message>
        <message>
            <source>Graph for other programs (*.graphml)</source>
            <translation>Graph für andere Programme (*.graphml)</translation>
        </message>
        <message>
            <source>Nothing is kept here yet.</source>
            <translation>Hier ist noch nichts.</translation>
        </message>
        <message>
            <source>%1 documents</source>
            <translation>%1 Dokumente</translation>
        </message>
        <message>
            <source>Paused.</source>
            <translation>Angehalten.</translation>
        </message>
        <message>
            <source>No neighbours: %1</source>
            <translation>Keine Nachbarn: %1</translation>
        </message>
        <message>
            <source>Looking for neighbours of %1 more</source>
            <translation>Nachbarn von %1 weiteren werden gesucht</translation>
        </message>
        <message>
            <source>Find in the graph</source>
            <translation>Im Graphen suchen</translation>
        </message>
        <message>
            <source>Find documents by title, path or content</source>
            <translation>Dokumente nach Titel, Pfad oder Inhalt suchen</translation>
        </message>
        <message>
            <source>Namespace</source>
            <translation>Namensraum</translation>
        </message>
        <message>
            <source>All namespaces</source>
            <translation>Alle Namensräume</translation>
        </message>
        <message>
            <source>Health</source>
            <translation>Gesundheit</translation>
        </message>
        <message>
            <source>Any health</source>
            <translation>Jede Gesundheit</translation>
        </message>
        <message>
            <source>Damaged and guessed</source>
            <translation>Beschädigt, vermutet</translation>
        </message>
        <message>
            <source>Time of the last change</source>
            <translation>Zeit der letzten Änderung</translation>
        </message>
        <message>
            <source>Any time</source>
            <translation>Jede Zeit</translation>
        </message>
        <message>
            <source>Last day</source>
            <translation>Letzter Tag</translation>
        </message>
        <message>
            <source>Last week</source>
            <translation>Letzte Woche</translation>
        </message>
        <message>
            <source>Last month</source>
            <translation>Letzter Monat</translation>
        </message>
        <message>
            <source>Last year</source>
            <translation>Letztes Jahr</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>Export</translation>
        </message>
        <message>
            <source>Show all</source>
            <translation>Alles zeigen</translation>
        </message>
        <message>
            <source>Zoom in</source>
            <translation>Vergrößern</translation>
        </message>
        <message>
            <source>Zoom out</source>
            <translation>Verkleinern</translation>
        </message>
        <message>
            <source>Found</source>
            <translation>Gefunden</translation>
        </message>
        <message>
            <source>Show the whole graph</source>
            <translation>Den ganzen Graphen zeigen</translation>
        </message>
        <message>
            <source>Pause or resume the layout of the graph</source>
            <translation>Anordnung des Graphen anhalten oder fortsetzen</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::GraphView</name>
        <message>
            <source>Graph of documents</source>
            <translation>Graph der Dokumente</translation>
        </message>
        <message>
            <source>Arrows pan, plus and minus zoom, Ctrl with an arrow picks the next document.</source>
            <translation>Pfeile verschieben, Plus und Minus vergrößern und verkleinern, Strg mit Pfeil wählt das nächste Dokument.</translation>
        </message>
        <message>
            <source>Nothing is picked.</source>
            <translation>Nichts ist gewählt.</translation>
        </message>
        <message>
            <source>%1: %2, %3 passages</source>
            <translation>%1: %2, %3 Passagen</translation>
        </message>
        <message>
            <source>%1 %2 of %3: %4</source>
            <translation>%1 %2 von %3: %4</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::MiniMap</name>
        <message>
            <source>The whole graph</source>
            <translation>Der ganze Graph</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::NodeDetails</name>
        <message>
            <source>Nearest in meaning</source>
            <translation>Dem Sinn nach am nächsten</translation>
        </message>
        <message>
            <source>Text of the passage</source>
            <translation>Text der Passage</translation>
        </message>
        <message>
            <source>Open in Memory</source>
            <translation>Im Gedächtnis öffnen</translation>
        </message>
        <message>
            <source>Zoom in</source>
            <translation>Vergrößern</translation>
        </message>
        <message>
            <source>Pin</source>
            <translation>Anheften</translation>
        </message>
        <message>
            <source>%1, %2</source>
            <translation>%1, %2</translation>
        </message>
        <message>
            <source>%1 passages, %2</source>
            <translation>%1 Passagen, %2</translation>
        </message>
        <message>
            <source>%1 passages, %2 of them cannot be read</source>
            <translation>%1 Passagen, %2 davon nicht lesbar</translation>
        </message>
        <message>
            <source>in %1</source>
            <translation>in %1</translation>
        </message>
        <message>
            <source>%1, namespace %2</source>
            <translation>%1, Namensraum %2</translation>
        </message>
        <message>
            <source>Nothing is picked</source>
            <translation>Nichts ist gewählt</translation>
        </message>
        <message>
            <source>Click a document, or pick one with Ctrl and an arrow. Zoom in to see its passages.</source>
            <translation>Klicke auf ein Dokument oder wähle eines mit Strg und Pfeil. Vergrößere, um seine Passagen zu sehen.</translation>
        </message>
        <message>
            <source>%1 %2</source>
            <translation>%1 %2</translation>
        </message>
        <message>
            <source>Unpin</source>
            <translation>Lösen</translation>
        </message>
        <message>
            <source>No neighbours are known yet.</source>
            <translation>Noch sind keine Nachbarn bekannt.</translation>
        </message>
    </context>
    <context>
        <name>TableTools</name>
        <message>
            <source>Copy the chosen rows</source>
            <translation>Gewählte Zeilen kopieren</translation>
        </message>
        <message>
            <source>Export the table</source>
            <translation>Tabelle exportieren</translation>
        </message>
        <message>
            <source>Written to %1</source>
            <translation>Nach %1 geschrieben</translation>
        </message>
        <message>
            <source>The table could not be exported.</source>
            <translation>Die Tabelle konnte nicht exportiert werden.</translation>
        </message>
        <message>
            <source>Choose another place and try again.</source>
            <translation>Wählen Sie einen anderen Ort und versuchen Sie es erneut.</translation>
        </message>
        <message>
            <source>Comma-separated (*.csv);;JSON (*.json);;JSON lines (*.jsonl)</source>
            <translation>Durch Kommas getrennt (*.csv);;JSON (*.json);;JSON-Zeilen (*.jsonl)</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::EditDialog</name>
        <message>
            <source>Text</source>
            <translation>Text</translation>
        </message>
        <message>
            <source>Keep as a new version</source>
            <translation>Als neue Fassung behalten</translation>
        </message>
        <message>
            <source>The version before stays in the history of the document.</source>
            <translation>Die Fassung davor bleibt im Verlauf des Dokuments.</translation>
        </message>
        <message>
            <source>Edit</source>
            <translation>Bearbeiten</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>What was typed is not kept yet. Cancel again to drop it.</source>
            <translation>Das Getippte ist noch nicht behalten. Noch einmal Abbrechen verwirft es.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::HistoryPane</name>
        <message>
            <source>Kept</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Version</source>
            <translation>Fassung</translation>
        </message>
        <message>
            <source>current</source>
            <translation>aktuell</translation>
        </message>
        <message>
            <source>replaced</source>
            <translation>ersetzt</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Tags</source>
            <translation>Marken</translation>
        </message>
        <message>
            <source>Versions</source>
            <translation>Fassungen</translation>
        </message>
        <message>
            <source>As of</source>
            <translation>Stand vom</translation>
        </message>
        <message>
            <source>Make this version current</source>
            <translation>Diese Fassung wieder gelten lassen</translation>
        </message>
        <message>
            <source>Keeps its text and tags once more, as the newest version. Nothing is lost.</source>
            <translation>Behält ihren Text und ihre Marken noch einmal, als neueste Fassung. Nichts geht verloren.</translation>
        </message>
        <message>
            <source>now</source>
            <translation>jetzt</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::HoldsDialog</name>
        <message>
            <source>Namespace</source>
            <translation>Namensraum</translation>
        </message>
        <message>
            <source>Document</source>
            <translation>Dokument</translation>
        </message>
        <message>
            <source>all of it</source>
            <translation>alles</translation>
        </message>
        <message>
            <source>Since</source>
            <translation>Seit</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>Grund</translation>
        </message>
        <message>
            <source>Legal holds</source>
            <translation>Sperrvermerke</translation>
        </message>
        <message>
            <source>What is held</source>
            <translation>Was gesperrt ist</translation>
        </message>
        <message>
            <source>Hold</source>
            <translation>Sperren</translation>
        </message>
        <message>
            <source>Release the chosen hold</source>
            <translation>Gewählte Sperre aufheben</translation>
        </message>
        <message>
            <source>Namespace, or the path or id of a document</source>
            <translation>Namensraum, oder Pfad oder Kennung eines Dokuments</translation>
        </message>
        <message>
            <source>Why, for the audit</source>
            <translation>Warum, für das Protokoll</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
        <message>
            <source>What is held can neither be forgotten nor purged nor erased. Placing and releasing are audited.</source>
            <translation>Was gesperrt ist, kann weder vergessen noch getilgt noch gelöscht werden. Sperren und Aufheben werden protokolliert.</translation>
        </message>
        <message>
            <source>Nothing is held</source>
            <translation>Nichts ist gesperrt</translation>
        </message>
        <message>
            <source>Name a namespace or a document below, and why.</source>
            <translation>Nennen Sie unten einen Namensraum oder ein Dokument, und warum.</translation>
        </message>
        <message>
            <source>Held.</source>
            <translation>Gesperrt.</translation>
        </message>
        <message>
            <source>Released.</source>
            <translation>Aufgehoben.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::InvoiceChangeDialog</name>
        <message>
            <source>Reason</source>
            <translation>Grund</translation>
        </message>
        <message>
            <source>Amount</source>
            <translation>Betrag</translation>
        </message>
        <message>
            <source>Confirmation</source>
            <translation>Bestätigung</translation>
        </message>
        <message>
            <source>Make void</source>
            <translation>Stornieren</translation>
        </message>
        <message>
            <source>Write the credit note</source>
            <translation>Gutschrift schreiben</translation>
        </message>
        <message>
            <source>Void an invoice</source>
            <translation>Rechnung stornieren</translation>
        </message>
        <message>
            <source>Credit note</source>
            <translation>Gutschrift</translation>
        </message>
        <message>
            <source>all that is left</source>
            <translation>alles, was übrig ist</translation>
        </message>
        <message>
            <source>Customer</source>
            <translation>Kunde</translation>
        </message>
        <message>
            <source>Amount of the invoice</source>
            <translation>Betrag der Rechnung</translation>
        </message>
        <message>
            <source>Credit, in %1</source>
            <translation>Gutschrift, in %1</translation>
        </message>
        <message>
            <source>Type %1</source>
            <translation>%1 tippen</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Its number stays used, and its lines count as not billed: the next draft has them again. This cannot be undone.</source>
            <translation>Ihre Nummer bleibt vergeben, ihre Posten gelten als nicht berechnet: der nächste Entwurf hat sie wieder. Das lässt sich nicht rückgängig machen.</translation>
        </message>
        <message>
            <source>A credit note takes back all or a part of the invoice, tax included. It is final at once.</source>
            <translation>Eine Gutschrift nimmt die Rechnung ganz oder teilweise zurück, mit Steuer. Sie ist sofort endgültig.</translation>
        </message>
        <message>
            <source>An amount is more than 0 and at most that of the invoice.</source>
            <translation>Ein Betrag ist mehr als 0 und höchstens der der Rechnung.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::MemoryChanges</name>
        <message>
            <source>Open a store for writing to change documents.</source>
            <translation>Öffnen Sie einen Speicher zum Schreiben, um Dokumente zu ändern.</translation>
        </message>
        <message>
            <source>%1 new versions</source>
            <translation>%1 neue Fassungen</translation>
        </message>
        <message>
            <source>Edit</source>
            <translation>Bearbeiten</translation>
        </message>
        <message>
            <source>%1 was edited. Ctrl+Z brings the text before back.</source>
            <translation>%1 wurde bearbeitet. Strg+Z bringt den Text davor zurück.</translation>
        </message>
        <message>
            <source>Choose documents on the page Memory first.</source>
            <translation>Wählen Sie zuerst auf der Seite Gedächtnis Dokumente.</translation>
        </message>
        <message>
            <source>Tags</source>
            <translation>Marken</translation>
        </message>
        <message>
            <source>Tags of %1 documents were changed. Ctrl+Z brings those before back.</source>
            <translation>Marken von %1 Dokumenten wurden geändert. Strg+Z bringt die davor zurück.</translation>
        </message>
        <message>
            <source>Make a version current</source>
            <translation>Eine Fassung wieder gelten lassen</translation>
        </message>
        <message>
            <source>%1 is as it was on %2. Ctrl+Z brings back what was before.</source>
            <translation>%1 ist, wie es am %2 war. Strg+Z bringt zurück, was davor war.</translation>
        </message>
        <message>
            <source>There is nothing to undo. What was forgotten cannot be brought back.</source>
            <translation>Es gibt nichts rückgängig zu machen. Vergessenes kommt nicht zurück.</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>Undone: %1</source>
            <translation>Rückgängig gemacht: %1</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::SavedFilters</name>
        <message>
            <source>Filters</source>
            <translation>Filter</translation>
        </message>
        <message>
            <source>Saved filters</source>
            <translation>Gespeicherte Filter</translation>
        </message>
        <message>
            <source>Save this filter</source>
            <translation>Diesen Filter speichern</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Entfernen</translation>
        </message>
        <message>
            <source>Name of the filter. It is kept in the settings of this program, outside of the encrypted store.</source>
            <translation>Name des Filters. Er steht in den Einstellungen dieses Programms, außerhalb des verschlüsselten Speichers.</translation>
        </message>
        <message>
            <source>There are %1 filters already; remove one first.</source>
            <translation>Es gibt schon %1 Filter; entfernen Sie zuerst einen.</translation>
        </message>
        <message>
            <source>The filter %1 is kept.</source>
            <translation>Der Filter %1 ist gespeichert.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::TableExporter</name>
        <message>
            <source>The table was filled anew meanwhile; export it again.</source>
            <translation>Die Tabelle wurde inzwischen neu gefüllt; exportieren Sie noch einmal.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::TagsDialog</name>
        <message>
            <source>Tags</source>
            <translation>Marken</translation>
        </message>
        <message>
            <source>New tags</source>
            <translation>Neue Marken</translation>
        </message>
        <message>
            <source>New tags, between commas</source>
            <translation>Neue Marken, durch Kommas getrennt</translation>
        </message>
        <message>
            <source>Add</source>
            <translation>Hinzufügen</translation>
        </message>
        <message>
            <source>Keep</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>%1 documents</source>
            <translation>%1 Dokumente</translation>
        </message>
        <message>
            <source>Each document whose tags change gets a new version; the one before stays in its history.</source>
            <translation>Jedes Dokument, dessen Marken sich ändern, bekommt eine neue Fassung; die davor bleibt in seinem Verlauf.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::WorkNote</name>
        <message>
            <source>The program ended in the middle of its work.</source>
            <translation>Das Programm endete mitten in seiner Arbeit.</translation>
        </message>
        <message>
            <source>Still running when it ended: %1.</source>
            <translation>Lief noch, als es endete: %1.</translation>
        </message>
        <message>
            <source>What was kept until then is whole. Start it again: files that are kept already are skipped.</source>
            <translation>Was bis dahin behalten wurde, ist ganz. Starten Sie es noch einmal: schon behaltene Dateien werden übersprungen.</translation>
        </message>
        <message>
            <source>Go to Memory</source>
            <translation>Zum Gedächtnis</translation>
        </message>
    </context>
    <context>
        <name>StoreSettings</name>
        <message>
            <source>Plugin</source>
            <translation>Erweiterung</translation>
        </message>
        <message>
            <source>Version</source>
            <translation>Fassung</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>Art</translation>
        </message>
        <message>
            <source>Description</source>
            <translation>Beschreibung</translation>
        </message>
        <message>
            <source>%1: not there</source>
            <translation>%1: nicht da</translation>
        </message>
        <message>
            <source>%1: on %2, %3 free</source>
            <translation>%1: auf %2, %3 frei</translation>
        </message>
        <message>
            <source>%1, a link to %2</source>
            <translation>%1, ein Verweis auf %2</translation>
        </message>
        <message>
            <source>%1: nothing of the store is in it</source>
            <translation>%1: nichts vom Speicher ist darin</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::BeaconPane</name>
        <message>
            <source>What the beacon told</source>
            <translation>Was das Leuchtfeuer meldet</translation>
        </message>
        <message>
            <source>Read at most</source>
            <translation>Lesen höchstens</translation>
        </message>
        <message>
            <source>MiB a second</source>
            <translation>MiB je Sekunde</translation>
        </message>
        <message>
            <source>Of the time at most</source>
            <translation>Von der Zeit höchstens</translation>
        </message>
        <message>
            <source>From hour</source>
            <translation>Ab Stunde</translation>
        </message>
        <message>
            <source>To hour</source>
            <translation>Bis Stunde</translation>
        </message>
        <message>
            <source>Each sector once in</source>
            <translation>Jeder Sektor einmal in</translation>
        </message>
        <message>
            <source>days</source>
            <translation>Tagen</translation>
        </message>
        <message>
            <source>Heal what is found</source>
            <translation>Heilen, was gefunden wird</translation>
        </message>
        <message>
            <source>One round, as fast as the budget allows</source>
            <translation>Eine Runde, so schnell das Budget erlaubt</translation>
        </message>
        <message>
            <source>Between the hours</source>
            <translation>Zwischen den Stunden</translation>
        </message>
        <message>
            <source>The new budget holds from the next start of the beacon.</source>
            <translation>Das neue Budget gilt ab dem nächsten Start des Leuchtfeuers.</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>Start</source>
            <translation>Starten</translation>
        </message>
        <message>
            <source>Pause the beacon</source>
            <translation>Leuchtfeuer anhalten</translation>
        </message>
        <message>
            <source>Start the beacon</source>
            <translation>Leuchtfeuer starten</translation>
        </message>
        <message>
            <source>The beacon reads every sector again and again within the budget, and has repaired what it finds.</source>
            <translation>Das Leuchtfeuer liest jeden Sektor immer wieder, innerhalb des Budgets, und lässt reparieren, was es findet.</translation>
        </message>
        <message>
            <source>Nothing waits to be healed.</source>
            <translation>Nichts wartet auf Heilung.</translation>
        </message>
        <message>
            <source>Waiting to be healed: %1</source>
            <translation>Warten auf Heilung: %1</translation>
        </message>
        <message>
            <source>The beacon has never run here.</source>
            <translation>Das Leuchtfeuer lief hier noch nie.</translation>
        </message>
        <message>
            <source>Whole rounds: %1, the last ended %2. This round: %3 read, %4 faults.</source>
            <translation>Ganze Runden: %1, die letzte endete %2. Diese Runde: %3 gelesen, %4 Fehler.</translation>
        </message>
        <message>
            <source>Open a store first.</source>
            <translation>Zuerst einen Speicher öffnen.</translation>
        </message>
        <message>
            <source>Beacon</source>
            <translation>Leuchtfeuer</translation>
        </message>
        <message>
            <source>%1 whole rounds</source>
            <translation>%1 ganze Runden</translation>
        </message>
        <message>
            <source>Pause while others wait for the disk more than</source>
            <translation>Anhalten, wenn andere länger auf den Datenträger warten als</translation>
        </message>
        <message>
            <source>Pause above a wait for the disk of</source>
            <translation>Anhalten ab einem Warten auf den Datenträger von</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::CyclesChart</name>
        <message>
            <source>Heals of the last days</source>
            <translation>Heilungen der letzten Tage</translation>
        </message>
        <message>
            <source>nothing was found in %1 days</source>
            <translation>in %1 Tagen wurde nichts gefunden</translation>
        </message>
        <message>
            <source>%1: %2 healed, %3 damaged, %4 lost</source>
            <translation>%1: %2 geheilt, %3 beschädigt, %4 verloren</translation>
        </message>
        <message>
            <source>today</source>
            <translation>heute</translation>
        </message>
        <message>
            <source>%1 days ago</source>
            <translation>vor %1 Tagen</translation>
        </message>
        <message>
            <source>Nothing was found in %1 days</source>
            <translation>In %1 Tagen wurde nichts gefunden</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::HelpWindow</name>
        <message>
            <source>Shortcuts</source>
            <translation>Tastenkürzel</translation>
        </message>
        <message>
            <source>Every command, with the keys that it has now. They are changed on the page Shortcuts.</source>
            <translation>Jeder Befehl mit seinen jetzigen Tasten. Man ändert sie auf der Seite Tastenkürzel.</translation>
        </message>
        <message>
            <source>Command</source>
            <translation>Befehl</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>Tasten</translation>
        </message>
        <message>
            <source>Search the help</source>
            <translation>Hilfe durchsuchen</translation>
        </message>
        <message>
            <source>Pages of the help</source>
            <translation>Seiten der Hilfe</translation>
        </message>
        <message>
            <source>Help</source>
            <translation>Hilfe</translation>
        </message>
        <message>
            <source>%1 pages</source>
            <translation>%1 Seiten</translation>
        </message>
        <message>
            <source>No page has these words.</source>
            <translation>Keine Seite hat diese Wörter.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::PassphraseDialog</name>
        <message>
            <source>New passphrase</source>
            <translation>Neuer Kennsatz</translation>
        </message>
        <message>
            <source>Once more</source>
            <translation>Noch einmal</translation>
        </message>
        <message>
            <source>Change the passphrase</source>
            <translation>Kennsatz ändern</translation>
        </message>
        <message>
            <source>Change</source>
            <translation>Ändern</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>The one before opens nothing any more. Key file and recovery code stay as they are.</source>
            <translation>Der vorige öffnet nichts mehr. Schlüsseldatei und Rettungscode bleiben, wie sie sind.</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::ProfileDialog</name>
        <message>
            <source>Name</source>
            <translation>Name</translation>
        </message>
        <message>
            <source>Key file</source>
            <translation>Schlüsseldatei</translation>
        </message>
        <message>
            <source>Open for reading only</source>
            <translation>Nur zum Lesen öffnen</translation>
        </message>
        <message>
            <source>Profile of a store</source>
            <translation>Profil eines Speichers</translation>
        </message>
        <message>
            <source>the one in the key folder</source>
            <translation>die im Schlüsselordner</translation>
        </message>
        <message>
            <source>Choose key file</source>
            <translation>Schlüsseldatei wählen</translation>
        </message>
        <message>
            <source>Keep</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>In production: mark the window in red</source>
            <translation>Im Produktivbetrieb: Fenster rot kennzeichnen</translation>
        </message>
    </context>
    <context>
        <name>carma::gui::StoreSettings</name>
        <message>
            <source>Change the passphrase</source>
            <translation>Kennsatz ändern</translation>
        </message>
        <message>
            <source>Plugins</source>
            <translation>Erweiterungen</translation>
        </message>
        <message>
            <source>Save diagnostics</source>
            <translation>Diagnose sichern</translation>
        </message>
        <message>
            <source>Test the chosen plugin</source>
            <translation>Gewählte Erweiterung prüfen</translation>
        </message>
        <message>
            <source>This store</source>
            <translation>Dieser Speicher</translation>
        </message>
        <message>
            <source>No store is open.</source>
            <translation>Kein Speicher ist offen.</translation>
        </message>
        <message>
            <source>Embedder: %1 %2, %3 dimensions</source>
            <translation>Einbetter: %1 %2, %3 Dimensionen</translation>
        </message>
        <message>
            <source>Open a store for writing first.</source>
            <translation>Zuerst einen Speicher zum Schreiben öffnen.</translation>
        </message>
        <message>
            <source>The store opens with the new passphrase from now on.</source>
            <translation>Der Speicher öffnet sich ab jetzt mit dem neuen Kennsatz.</translation>
        </message>
        <message>
            <source>Choose a plugin first.</source>
            <translation>Zuerst eine Erweiterung wählen.</translation>
        </message>
        <message>
            <source>Test a plugin</source>
            <translation>Erweiterung prüfen</translation>
        </message>
        <message>
            <source>passed</source>
            <translation>bestanden</translation>
        </message>
        <message>
            <source>not passed</source>
            <translation>nicht bestanden</translation>
        </message>
        <message>
            <source>Test of %1</source>
            <translation>Prüfung von %1</translation>
        </message>
        <message>
            <source>It did all that a store asks of it, %1 texts a second.</source>
            <translation>Sie tat alles, was ein Speicher von ihr verlangt, %1 Texte je Sekunde.</translation>
        </message>
        <message>
            <source>It failed at what a store asks of it; do not use it.</source>
            <translation>Sie scheiterte an dem, was ein Speicher verlangt; nicht benutzen.</translation>
        </message>
        <message>
            <source>Questions go by words only: %1</source>
            <translation>Fragen gehen nur nach Wörtern: %1</translation>
        </message>
        <message>
            <source>Rebuild shard folders</source>
            <translation>Scherbenordner neu bauen</translation>
        </message>
        <message>
            <source>Heals: makes what is missing in shard folders anew from the others.</source>
            <translation>Heilt: stellt aus den anderen wieder her, was in Scherbenordnern fehlt.</translation>
        </message>
        <message>
            <source>A shard folder may be a link to another disk or a mount point. To replace one, link its name to an empty folder there and rebuild.</source>
            <translation>Ein Scherbenordner darf ein Verweis auf einen anderen Datenträger oder ein Einhängepunkt sein. Um einen zu ersetzen, seinen Namen auf einen leeren Ordner dort verweisen lassen und neu bauen.</translation>
        </message>
    </context>
</TS>
