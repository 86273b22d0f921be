// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/audit_page.h"

#include "app/store_session.h"
#include "app/text.h"
#include "app/theme.h"
#include "frame/widgets.h"
#include "pages/audit_model.h"
#include "pages/tables.h"

#include <carma/clock.h>

#include <QCheckBox>
#include <QComboBox>
#include <QJsonObject>
#include <QLineEdit>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr int kTypingMs = 250;
constexpr int kTailMs = 2000;
constexpr std::size_t kBatch = 5000; ///< entries that come at once: few enough to be shown without a stop

struct Batch {
    std::vector<AuditEntry> entries;
    Sequence next = 0;
};

QString fact(const QString& name, const QString& value)
{
    if (value.isEmpty()) {
        return {};
    }
    return QString("<p style='margin:0 0 8px 0'><span style='color:%1'>%2</span><br>%3</p>")
        .arg(tones().quiet.name(), name.toHtmlEscaped(), value.toHtmlEscaped());
}

} // namespace

AuditPage::AuditPage(Shell& shell) : m_shell(shell), m_model(new AuditModel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(buildTop());
    layout->addWidget(buildFilter());
    layout->addWidget(buildBody(), 1);
    buildCommands();
    m_typing.setSingleShot(true);
    m_typing.setInterval(kTypingMs);
    m_tail.setInterval(kTailMs);
    connect(&m_typing, &QTimer::timeout, this, &AuditPage::reload);
    connect(&m_tail, &QTimer::timeout, this, [this] {
        if (isVisible() && m_follow->isChecked()) {
            load();
        }
    });
    m_tail.start();
    chosen();
}

AuditFilter AuditPage::filter() const
{
    AuditFilter wanted;
    const auto typed = [](const QLineEdit* line) {
        const QString words = line->text().trimmed();
        return words.isEmpty() ? std::nullopt : std::optional(bytesOf(words));
    };
    wanted.actor = typed(m_actor);
    wanted.action = typed(m_action);
    wanted.object = typed(m_object);
    if (m_outcome->currentIndex() > 0) {
        wanted.outcome = static_cast<AuditOutcome>(m_outcome->currentData().toInt());
    }
    if (const int hours = m_since->currentData().toInt(); hours > 0) {
        wanted.fromUs = systemClock().wallTimeUs() - hours * kHourUs;
    }
    return wanted;
}

QStringList AuditPage::command() const
{
    QStringList words{"audit", "list"};
    const auto add = [&words](const char* option, const QString& value) {
        if (!value.isEmpty()) {
            words += QStringList{option, value};
        }
    };
    static constexpr const char* kOutcomes[] = {"done", "refused", "failed"};
    const AuditFilter wanted = filter();
    add("--actor", m_actor->text().trimmed());
    add("--action", m_action->text().trimmed());
    add("--object", m_object->text().trimmed());
    add("--outcome", wanted.outcome ? kOutcomes[static_cast<int>(*wanted.outcome)] : "");
    const int hours = m_since->currentData().toInt();
    add("--from", hours > 0 ? QString("%1h").arg(hours) : QString());
    return words;
}

QJsonObject AuditPage::keptFilter() const
{
    return {{"actor", m_actor->text()}, {"action", m_action->text()}, {"object", m_object->text()}, {"outcome", m_outcome->currentIndex()},
        {"hours", m_since->currentData().toInt()}};
}

void AuditPage::setFilter(const QJsonObject& kept)
{
    m_actor->setText(kept["actor"].toString());
    m_action->setText(kept["action"].toString());
    m_object->setText(kept["object"].toString());
    const int outcome = kept["outcome"].toInt();
    m_outcome->setCurrentIndex(outcome >= 0 && outcome < m_outcome->count() ? outcome : 0);
    m_since->setCurrentIndex(std::max(0, m_since->findData(kept["hours"].toInt())));
    m_typing.stop();
    reload();
}

void AuditPage::reload()
{
    ++m_asking;
    m_loading = false;
    m_next = 0;
    m_model->clear();
    load();
}

void AuditPage::load()
{
    if (m_loading || !m_shell.session().isOpen()) {
        return;
    }
    m_loading = true;
    AuditFilter wanted = filter();
    wanted.from = m_next;
    m_shell.session().ask(
        this,
        [wanted](Store& store) -> Result<Batch> {
            Batch batch;
            CARMA_TRY_ASSIGN(batch.next, store.audit().list(wanted, [&batch](const AuditEntry& entry) -> Result<bool> {
                batch.entries.push_back(entry);
                return batch.entries.size() < kBatch;
            }));
            return batch;
        },
        [this, asking = m_asking](Result<Batch>& batch) {
            if (asking != m_asking) {
                return;
            }
            m_loading = false;
            if (!batch) {
                m_shell.tell(explain(batch.error(), Intent::Work), [this] { reload(); });
                return;
            }
            const bool more = batch->entries.size() >= kBatch;
            m_next = batch->next;
            m_model->append(std::move(batch->entries));
            tellCount();
            if (more) {
                load();
            } else if (chosenRow(m_table) < 0 && m_model->rowCount() > 0) {
                m_table->selectRow(0);
            }
        });
}

void AuditPage::tellCount()
{
    const QString shown = tr("%1 entries").arg(number(static_cast<std::uint64_t>(m_model->rowCount())));
    m_count->setText(m_model->dropped() == 0
            ? shown
            : tr("The newest %1; older ones: %2. Narrow the filter to see them.").arg(shown, number(m_model->dropped())));
}

void AuditPage::refresh() { load(); }

void AuditPage::open(const QString& detail)
{
    if (detail == "verify") {
        verify();
    } else {
        m_object->setText(detail);
    }
}

void AuditPage::reset()
{
    ++m_asking;
    m_loading = false;
    m_next = 0;
    m_model->clear();
    m_model->setVerified(0);
    m_symbol->hide();
    m_verdict->setText(tr("Not verified since the store was opened."));
    m_count->clear();
    chosen();
}

void AuditPage::chosen()
{
    const AuditEntry* entry = m_model->entry(chosenRow(m_table));
    m_prove->setEnabled(entry != nullptr);
    if (entry == nullptr) {
        m_entry->setText(tr("No entry is chosen"));
        m_facts->setText(fact(tr("Choose one to see all of it and to prove it."), QString(QChar(0x00A0))));
        return;
    }
    m_entry->setText(text(entry->action));
    QString html = fact(tr("Entry"), QString::number(entry->sequence)) + fact(tr("Time"), dateTime(entry->timeUs)) +
        fact(tr("Outcome"), AuditModel::wordOf(entry->outcome)) + fact(tr("Actor"), text(entry->actor)) +
        fact(tr("Object"), text(entry->object)) + fact(tr("Subject"), text(entry->subject)) + fact(tr("Detail"), text(entry->detail)) +
        fact(tr("Reason"), text(entry->reason)) + fact(tr("Namespace"), text(entry->space)) + fact(tr("Request"), text(entry->requestId)) +
        fact(tr("Kept as"), text(name(entry->kind)));
    const auto digest = [](const std::string& hex) { return text(hex).left(16) + (hex.empty() ? QString() : QString(QChar(0x2026))); };
    html += fact(tr("SHA-256 before"), digest(entry->before)) + fact(tr("SHA-256 after"), digest(entry->after));
    m_facts->setText(html);
}

} // namespace carma::gui
