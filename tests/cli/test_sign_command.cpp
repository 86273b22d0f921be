// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/carma_process.h"
#include "support/test_main.h"

#include <QTest>
#include <memory>

using carma::test::Outcome;
using carma::test::Workplace;

/// Signing files, and checking what a store signed with and without it.
class TestSignCommand : public QObject {
    Q_OBJECT
private slots:
    void init();
    void aSignatureHoldsUntilTheFileChanges();
    void anotherStoresKeyIsRefused();
    void everythingThatAStoreSignsIsChecked();
    void badInputIsAnErrorAndNothingIsWritten();

private:
    [[nodiscard]] QString key() const { return m_place->carma({"sign", "key", "--json"}).object().value("key").toString(); }
    std::unique_ptr<Workplace> m_place;
};

void TestSignCommand::init()
{
    m_place = std::make_unique<Workplace>();
    COMPARE_EXIT(m_place->run({"init", m_place->store()}), 0);
    m_place->write("report.txt", "The sum is 42.\n");
}

void TestSignCommand::aSignatureHoldsUntilTheFileChanges()
{
    const Outcome made = m_place->carma({"sign", "file", "report.txt", "--reason", "for the auditor", "--json"});
    COMPARE_EXIT(made, 0);
    QCOMPARE(made.object().value("signature").toString(), QString("report.txt.sig"));
    const QString digest = made.object().value("sha256").toString();
    const QJsonObject entry = m_place->carma({"audit", "list", "--action", "audit.sign", "--json"}).array().at(0).toObject();
    QCOMPARE(entry.value("object").toString(), QString("report.txt"));
    QCOMPARE(entry.value("after").toString(), digest);
    QCOMPARE(entry.value("reason").toString(), QString("for the auditor"));

    const Outcome good = m_place->carma({"sign", "check", "report.txt", "--json"});
    COMPARE_EXIT(good, 0);
    QVERIFY(good.object().value("holds").toBool());
    QCOMPARE(good.object().value("kind").toString(), QString("file"));
    QCOMPARE(good.object().value("sha256").toString(), digest);
    const QString signer = key();
    COMPARE_EXIT(m_place->run({"-s", "nowhere", "sign", "check", "report.txt", "--key", signer}), 0); // needs no store

    m_place->write("report.txt", "The sum is 43.\n");
    const Outcome changed = m_place->carma({"sign", "check", "report.txt"});
    COMPARE_EXIT(changed, 5);
    QVERIFY(changed.out.contains("is not the file that was signed"));

    // Whoever changes what the signature says breaks the signature.
    m_place->write("report.txt", "The sum is 42.\n");
    const QByteArray signature = m_place->read("report.txt.sig");
    for (const auto& [from, to] : {std::pair{"bytes\\\":15", "bytes\\\":16"}, std::pair{"report.txt", "return.txt"}}) {
        QByteArray forged = signature;
        QVERIFY2(forged.contains(from), forged.constData());
        m_place->write("forged.sig", forged.replace(from, to));
        const Outcome refused = m_place->carma({"sign", "check", "report.txt", "--signature", "forged.sig"});
        COMPARE_EXIT(refused, 5);
        QVERIFY(refused.out.contains("does not hold"));
    }
}

void TestSignCommand::anotherStoresKeyIsRefused()
{
    COMPARE_EXIT(m_place->carma({"sign", "file", "report.txt"}), 0);
    const QString keyFile = m_place->path("other.key");
    COMPARE_EXIT(m_place->run({"init", m_place->path("other"), "--key-file", keyFile}), 0);
    COMPARE_EXIT(m_place->run({"-s", m_place->path("other"), "--key-file", keyFile, "sign", "check", "report.txt"}), 5);
    COMPARE_EXIT(m_place->carma({"sign", "check", "report.txt", "--key", key().replace('+', '-')}), 2);
    const QString witness = m_place->carma({"audit", "key", "--json"}).object().value("witness").toString();
    COMPARE_EXIT(m_place->carma({"sign", "check", "report.txt", "--key", witness}), 2);
}

void TestSignCommand::everythingThatAStoreSignsIsChecked()
{
    const QString signer = key();
    COMPARE_EXIT(m_place->carma({"remember", "Something of hers", "--namespace", "anna"}), 0);
    COMPARE_EXIT(m_place->carma({"audit", "export", "audit.csv", "--form", "csv"}), 0);
    COMPARE_EXIT(m_place->carma({"audit", "checkpoint", "head"}), 0);
    COMPARE_EXIT(m_place->carma({"subject-export", "anna", m_place->path("out")}), 0);
    COMPARE_EXIT(m_place->carma({"erase", "anna", "--yes", "--out", "certificate.json"}), 0);
    for (const auto& [file, kind] : {std::pair{"audit.csv", "export"}, std::pair{"head", "checkpoint"},
             std::pair{"certificate.json", "certificate of erasure"}, std::pair{"out/manifest.json", "subject export"}}) {
        const Outcome checked = m_place->run({"sign", "check", file, "--key", signer, "--json"});
        COMPARE_EXIT(checked, 0);
        QCOMPARE(checked.object().value("kind").toString(), QString(kind));
    }
    m_place->write("audit.csv", m_place->read("audit.csv") + "one line more\n");
    COMPARE_EXIT(m_place->run({"sign", "check", "audit.csv", "--key", signer}), 5);
    QByteArray head = m_place->read("head");
    const qsizetype at = head.indexOf('\n') + 1;
    head[at] = static_cast<char>(head.at(at) ^ 1);
    m_place->write("head", head);
    COMPARE_EXIT(m_place->run({"sign", "check", "head", "--key", signer}), 5);
}

void TestSignCommand::badInputIsAnErrorAndNothingIsWritten()
{
    const QByteArray before = carma::test::hashOfFolder(m_place->store() + "/shards");
    const Outcome dry = m_place->carma({"sign", "file", "report.txt", "--dry-run", "--json"});
    COMPARE_EXIT(dry, 0);
    QVERIFY(dry.object().value("dry_run").toBool());
    QVERIFY(m_place->read("report.txt.sig").isEmpty());
    COMPARE_EXIT(m_place->carma({"sign", "file", "nothing.txt"}), 3);
    COMPARE_EXIT(m_place->carma({"sign", "file", "."}), 2);
    COMPARE_EXIT(m_place->carma({"sign", "file"}), 2);
    COMPARE_EXIT(m_place->carma({"sign", "bake", "report.txt"}), 2);
    COMPARE_EXIT(m_place->carma({"sign", "key", "--dry-run"}), 2);
    COMPARE_EXIT(m_place->carma({"sign", "check", "report.txt"}), 5); // it carries no signature
    m_place->write("deep.sig", QByteArray(1 << 20, '['));
    COMPARE_EXIT(m_place->carma({"sign", "check", "report.txt", "--signature", "deep.sig"}), 5);
    QCOMPARE(carma::test::hashOfFolder(m_place->store() + "/shards"), before);
    COMPARE_EXIT(m_place->carma({"sign", "file", "report.txt", "--out", "-"}), 0);
    QVERIFY(m_place->read("report.txt.sig").isEmpty());
}

CARMA_TEST_CLASS(TestSignCommand, "test_sign_command")
#include "test_sign_command.moc"
