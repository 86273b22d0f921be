<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
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
            <source>Write it down, then tick the box below.</source>
            <translation>Aufschreiben, dann unten ankreuzen.</translation>
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
            <source>Ingest</source>
            <translation>Aufnahme</translation>
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
    </context>
</TS>
