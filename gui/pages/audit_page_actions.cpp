// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dialogs.h"
#include "app/files.h"
#include "app/store_session.h"
#include "app/text.h"
#include "app/theme.h"
#include "pages/audit_model.h"
#include "pages/audit_page.h"
#include "pages/holds_dialog.h"
#include "pages/tables.h"
#include "pages/text_dialog.h"

#include <QFileInfo>
#include <QLabel>
#include <QSaveFile>

/// What the page does with the log beside showing it: proofs, checkpoints, files, holds.
namespace carma::gui {

namespace {

constexpr std::uint64_t kCheckpointBytesMax = 1U << 20U;

AuditForm formOf(const QString& path)
{
    const QString end = QFileInfo(path).suffix().toLower();
    return end == "csv" ? AuditForm::Csv : end == "cef" ? AuditForm::Cef : end == "ocsf" ? AuditForm::Ocsf : AuditForm::JsonLines;
}

} // namespace

void AuditPage::verify(const QString& checkpointFile)
{
    const auto job = m_shell.session().start(
        this, tr("Verify the audit"),
        [checkpointFile](Store& store, const Task& task) -> Result<AuditVerification> {
            AuditVerifyOptions options;
            if (!checkpointFile.isEmpty()) {
                CARMA_TRY_ASSIGN(options.checkpoint, readFile(checkpointFile, kCheckpointBytesMax));
            }
            return store.audit().verify(options, task);
        },
        [this, compared = !checkpointFile.isEmpty()](const Result<AuditVerification>& report) {
            if (!report) {
                Problem problem = explain(report.error(), Intent::Work);
                if (compared && report.error().code != ErrorCode::Cancelled) {
                    problem.what = tr("The history has not grown from this checkpoint.");
                    problem.next = tr("Compare with the right file. If it is, this store is an older copy or its history was changed.");
                    problem.remedy = Remedy::None;
                }
                m_shell.tell(problem);
                return QString();
            }
            showVerdict(*report, compared);
            return m_verdict->text();
        });
    m_shell.session().tellCommand(
        job, checkpointFile.isEmpty() ? QStringList{"audit", "verify"} : QStringList{"audit", "verify", "--checkpoint", checkpointFile});
}

void AuditPage::showVerdict(const AuditVerification& report, bool compared)
{
    const bool intact = report.intact();
    m_symbol->setPixmap(symbolIcon(intact ? Symbol::Good : Symbol::Bad, intact ? tones().good : tones().bad).pixmap(20, 20));
    m_symbol->show();
    if (intact) {
        QString line = tr("Intact: %1 entries among %2 records, %3 signed checkpoints.")
                           .arg(number(report.entries), number(report.records), number(report.checkpoints));
        m_verdict->setText(compared ? line + ' ' + tr("The history has grown from the checkpoint.") : line);
    } else {
        const QString first = report.problems.empty() ? QString() : oneLine(text(report.problems.front()), 200);
        m_verdict->setText(
            tr("Not intact: %1 problems, %2 lost records. %3").arg(number(report.problems.size()), number(report.lost), first));
    }
    m_model->setVerified(intact ? report.records : 0);
}

void AuditPage::prove()
{
    const AuditEntry* entry = m_model->entry(chosenRow(m_table));
    if (entry == nullptr || !m_shell.session().isOpen()) {
        m_shell.tell(tr("Choose an entry on the page Audit first."));
        return;
    }
    const Sequence sequence = entry->sequence;
    const auto job = m_shell.session().start(
        this, tr("Prove entry %1").arg(sequence),
        [sequence](Store& store, const Task& task) { return store.audit().prove(sequence, task); },
        [this, sequence](const Result<std::string>& proof) {
            if (!proof) {
                m_shell.tell(explain(proof.error(), Intent::Work));
                return QString();
            }
            auto* dialog = new TextDialog(m_shell.session(),
                {tr("Proof of entry %1").arg(sequence),
                    tr("It shows that the entry is in the signed history. resources/audit/verify_proof.py checks it without this program."),
                    text(*proof), QString("proof-%1.json").arg(sequence)},
                this);
            openModal(dialog);
            return QString();
        });
    m_shell.session().tellCommand(job, {"audit", "prove", QString::number(sequence)});
}

void AuditPage::checkpoint()
{
    const auto job = m_shell.session().start(
        this, tr("Checkpoint"), [](Store& store, const Task& task) { return store.audit().checkpoint(task); },
        [this](const Result<std::string>& note) {
            if (!note) {
                m_shell.tell(explain(note.error(), Intent::Work));
                return QString();
            }
            auto* dialog = new TextDialog(m_shell.session(),
                {tr("Checkpoint"),
                    tr("The history as it is now, signed. Keep it outside of this machine; Compare proves later growth from it."),
                    text(*note), "carma.checkpoint"},
                this);
            openModal(dialog);
            return QString();
        });
    m_shell.session().tellCommand(job, {"audit", "checkpoint"});
}

void AuditPage::exportTo(const QString& path)
{
    m_shell.session().start(
        this, tr("Export the audit"),
        [path, wanted = filter()](Store& store, const Task& task) -> Result<AuditExport> {
            QSaveFile file(path);
            const auto failed = [&file, &path] { return Error{ErrorCode::Io, bytesOf(path + ": " + file.errorString())}; };
            if (!file.open(QIODevice::WriteOnly)) {
                return failed();
            }
            const auto write = [&](std::string_view bytes) -> Result<void> {
                const auto size = static_cast<qint64>(bytes.size());
                return file.write(bytes.data(), size) == size ? Result<void>() : Result<void>(failed());
            };
            const std::string name = bytesOf(QFileInfo(path).fileName());
            CARMA_TRY_ASSIGN(AuditExport done, store.audit().exportTo(formOf(path), wanted, name, write, task));
            if (!file.commit()) {
                return failed();
            }
            CARMA_TRY(writeFile(path + ".manifest.json", done.manifest));
            return done;
        },
        [this, path](const Result<AuditExport>& done) {
            if (!done) {
                m_shell.tell(explain(done.error(), Intent::Work));
                return QString();
            }
            QString line = tr("%1 entries written to %2").arg(number(done->entries), path);
            m_shell.tell(line);
            return line;
        });
}

void AuditPage::showHolds()
{
    if (!m_shell.session().isOpen()) {
        m_shell.tell(tr("Open a store first."));
        return;
    }
    auto* dialog = new HoldsDialog(m_shell, this);
    openModal(dialog);
}

} // namespace carma::gui
