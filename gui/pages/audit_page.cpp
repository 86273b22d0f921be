// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/audit_page.h"

#include "app/files.h"
#include "app/store_session.h"
#include "app/text.h"
#include "app/theme.h"
#include "frame/widgets.h"
#include "pages/audit_model.h"
#include "pages/tables.h"
#include "pages/text_dialog.h"

#include <carma/clock.h>

#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSaveFile>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr int kTypingMs = 250;
constexpr int kTailMs = 2000;
constexpr std::size_t kBatch = 5000; ///< entries that come at once: few enough to be shown without a stop
constexpr std::uint64_t kCheckpointBytesMax = 1U << 20U;

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

AuditForm formOf(const QString& path)
{
    const QString end = QFileInfo(path).suffix().toLower();
    return end == "csv" ? AuditForm::Csv : end == "cef" ? AuditForm::Cef : end == "ocsf" ? AuditForm::Ocsf : AuditForm::JsonLines;
}

QLineEdit* filterLine(const QString& name, const QString& hint)
{
    auto* line = named(new QLineEdit, name);
    line->setPlaceholderText(hint);
    line->setClearButtonEnabled(true);
    line->setMinimumHeight(32);
    return line;
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

QWidget* AuditPage::buildTop()
{
    auto* verifyButton = button(tr("Verify"));
    auto* compare = button(tr("Compare"));
    auto* keep = button(tr("Checkpoint"));
    auto* write = button(tr("Export"));
    verifyButton->setToolTip(tr("Read the whole history and prove that nothing was changed, removed or reordered."));
    compare->setToolTip(tr("Prove that the history has grown from a checkpoint that was kept elsewhere."));
    keep->setToolTip(tr("Sign the history as it is now. Keep checkpoints elsewhere: they show a cut-off end."));
    write->setToolTip(tr("Write what the filter takes, with a signed manifest beside it."));
    m_symbol = new QLabel;
    m_verdict = quiet(tr("Not verified since the store was opened."));
    auto* top = new QWidget;
    auto* grid = new QVBoxLayout(top);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(kGap);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(heading(tr("Audit")));
    row->addStretch();
    for (QPushButton* each : {verifyButton, compare, keep, write}) {
        each->setMinimumSize(96, 32);
        row->addWidget(each);
    }
    auto* words = new QHBoxLayout;
    words->setSpacing(8);
    words->addWidget(m_symbol);
    words->addWidget(m_verdict, 1);
    m_symbol->hide();
    grid->addLayout(row);
    grid->addLayout(words);
    connect(verifyButton, &QPushButton::clicked, this, [this] { verify(); });
    connect(compare, &QPushButton::clicked, this,
        [this] { chooseOpenFile(this, tr("A checkpoint that was kept elsewhere"), {}, [this](const QString& path) { verify(path); }); });
    connect(keep, &QPushButton::clicked, this, &AuditPage::checkpoint);
    connect(write, &QPushButton::clicked, this, [this] {
        chooseSaveFile(
            this, tr("Export the audit"), "audit.jsonl", [this](const QString& path) { exportTo(path); },
            tr("JSON lines (*.jsonl);;Comma-separated (*.csv);;CEF (*.cef);;OCSF (*.ocsf)"));
    });
    return top;
}

QWidget* AuditPage::buildFilter()
{
    m_actor = filterLine(tr("Actor"), tr("Actor"));
    m_action = filterLine(tr("Action"), tr("Action, such as memory"));
    m_object = filterLine(tr("Object"), tr("Object, subject or detail"));
    m_outcome = named(new QComboBox, tr("Outcome"));
    m_outcome->addItem(tr("Every outcome"));
    for (const AuditOutcome outcome : {AuditOutcome::Done, AuditOutcome::Refused, AuditOutcome::Failed}) {
        m_outcome->addItem(AuditModel::wordOf(outcome), static_cast<int>(outcome));
    }
    m_since = named(new QComboBox, tr("Time"));
    m_since->addItem(tr("At any time"), 0);
    m_since->addItem(tr("Last hour"), 1);
    m_since->addItem(tr("Last day"), 24);
    m_since->addItem(tr("Last 7 days"), 7 * 24);
    m_since->addItem(tr("Last 30 days"), 30 * 24);
    m_follow = new QCheckBox(tr("Follow"));
    m_follow->setToolTip(tr("New entries appear by themselves."));
    m_follow->setChecked(true);
    m_outcome->setMinimumHeight(32);
    m_since->setMinimumHeight(32);
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_actor, 2);
    row->addWidget(m_action, 2);
    row->addWidget(m_object, 3);
    row->addWidget(m_outcome);
    row->addWidget(m_since);
    row->addSpacing(4);
    row->addWidget(m_follow);
    for (QLineEdit* line : {m_actor, m_action, m_object}) {
        connect(line, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    }
    connect(m_outcome, &QComboBox::currentIndexChanged, this, &AuditPage::reload);
    connect(m_since, &QComboBox::currentIndexChanged, this, &AuditPage::reload);
    return bar;
}

QWidget* AuditPage::buildBody()
{
    m_table = tableView(m_model, tr("Audit"), {112, 80, 124, 108, 94, 104});
    auto* list = new TableOrAdvice(m_table, m_model, tr("No entry fits"),
        tr("Every change of the store leaves an entry. Loosen the filter above, or wait for something to happen."), nullptr);
    m_count = quiet({});
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(list, 1);
    column->addWidget(m_count);
    QFrame* details = card();
    m_entry = heading({}, 2);
    m_facts = new QLabel;
    m_facts->setTextFormat(Qt::RichText);
    m_facts->setWordWrap(true);
    m_facts->setAlignment(Qt::AlignTop);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setFocusPolicy(Qt::NoFocus);
    auto* scroll = named(new QScrollArea, tr("About the entry"));
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_facts);
    scroll->viewport()->setBackgroundRole(QPalette::Base);
    m_prove = button(tr("Prove this entry"));
    layoutOf(details)->addWidget(m_entry);
    layoutOf(details)->addWidget(scroll, 1);
    layoutOf(details)->addWidget(m_prove);
    details->setMinimumWidth(250);
    auto* split = new QSplitter;
    split->setChildrenCollapsible(false);
    split->setHandleWidth(kGap);
    split->addWidget(left);
    split->addWidget(details);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 1);
    split->setSizes({740, 272});
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &AuditPage::chosen);
    connect(m_prove, &QPushButton::clicked, this, &AuditPage::prove);
    return split;
}

void AuditPage::buildCommands()
{
    m_shell.addCommand(tr("Verify the audit"), QKeySequence("Ctrl+Shift+A"), [this] { verify(); });
    m_shell.addCommand(tr("Prove the chosen audit entry"), QKeySequence("Ctrl+Shift+W"), [this] { prove(); });
    m_shell.addCommand(tr("Make a checkpoint of the audit"), QKeySequence("Ctrl+Shift+B"), [this] { checkpoint(); });
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

void AuditPage::verify(const QString& checkpointFile)
{
    m_shell.session().start(
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
    m_shell.session().start(
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
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            dialog->open();
            return QString();
        });
}

void AuditPage::checkpoint()
{
    m_shell.session().start(
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
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            dialog->open();
            return QString();
        });
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

} // namespace carma::gui
