// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/memory_page.h"

#include "app/dialogs.h"
#include "app/files.h"
#include "app/revise.h"
#include "app/store_session.h"
#include "app/text.h"
#include "pages/document_view.h"
#include "pages/documents_model.h"
#include "pages/forget_dialog.h"
#include "pages/history_pane.h"
#include "pages/hits_model.h"
#include "pages/memory_changes.h"
#include "pages/table_export.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QDragEnterEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QStackedWidget>
#include <QStringListModel>
#include <QTableView>

namespace carma::gui {

namespace {

constexpr std::size_t kHitsMax = 50;
constexpr int kQuestionsMax = 50;

} // namespace

void MemoryPage::setSource()
{
    m_documents->setSource([this](const FragmentId& after, std::size_t limit, auto answer) {
        ListOptions options;
        options.space = space();
        options.after = after;
        options.limit = limit;
        m_shell.session().ask(
            this, [options](Store& store) { return store.memory().list(options); },
            [this, answer](Result<std::vector<DocumentSummary>>& list) {
                if (list) {
                    answer(std::move(*list));
                } else {
                    m_shell.tell(explain(list.error(), Intent::Work), [this] { m_documents->reload(); });
                }
            });
    });
}

std::optional<std::string> MemoryPage::space() const
{
    if (m_space->currentIndex() <= 0) {
        return std::nullopt;
    }
    return bytesOf(m_space->currentData().toString());
}

void MemoryPage::refresh()
{
    m_shell.session().ask(
        this, [](Store& store) { return store.memory().namespaces(); },
        [this](const Result<std::vector<NamespaceSummary>>& spaces) {
            if (spaces) {
                showNamespaces(*spaces);
            }
        });
    m_shell.session().askStatus(this, [this](const Result<StatusReport>& status) {
        if (!status) {
            return;
        }
        const std::array figures{status->documents, status->fragments, status->textBytes, status->placeholders};
        // The first rows are fetched when the store is opened. What came since is found at the end of a list that goes on.
        const bool isListed = m_figures == decltype(m_figures){} && m_documents->rowCount() > 0 &&
            (m_documents->canFetchMore({}) || static_cast<std::uint64_t>(m_documents->rowCount()) == status->documents);
        if (figures != m_figures && !isListed) {
            m_documents->reload();
        }
        m_figures = figures;
        if (m_query->text().trimmed().isEmpty()) {
            m_line->setText(tr("%1 documents, %2 of text").arg(number(status->documents), sizeText(status->textBytes)));
        }
    });
}

void MemoryPage::showNamespaces(const std::vector<NamespaceSummary>& spaces)
{
    QStringList names;
    for (const NamespaceSummary& each : spaces) {
        names.append(text(each.name));
    }
    QStringList shown;
    for (int i = 1; i < m_space->count(); ++i) {
        shown.append(m_space->itemData(i).toString());
    }
    if (names != shown) {
        const QSignalBlocker blocker(m_space);
        while (m_space->count() > 1) {
            m_space->removeItem(1);
        }
        for (const QString& each : names) {
            m_space->addItem(each, each);
        }
    }
}

void MemoryPage::reset()
{
    m_typing.stop();
    {
        const QSignalBlocker blocker(m_query);
        m_query->clear();
    }
    m_figures = {};
    m_documents->clear();
    m_hits->setAnswer({});
    m_view->clear();
    m_line->clear();
    m_changes->forgetAll();
    m_questions->setStringList({});
    m_mistake->setVisible(false);
    m_stack->setCurrentIndex(Nothing);
    m_past->setChecked(false);
    const QSignalBlocker blocker(m_space);
    m_space->setCurrentIndex(0);
    if (m_shell.session().isOpen()) {
        m_documents->reload(); // before anything is counted: that takes long, and these do not
    }
}

void MemoryPage::open(const QString& detail)
{
    if (detail.startsWith("id:")) {
        const auto document = parseId<FragmentId>(bytesOf(detail.mid(3).section('/', 0, 0)));
        const auto part = parseId<FragmentId>(bytesOf(detail.section('/', 1)));
        if (document) {
            m_view->show(*document, part.value_or(*document), {});
        }
        return;
    }
    m_query->setText(detail);
    ask();
}

void MemoryPage::ask()
{
    m_typing.stop();
    const QString question = m_query->text().trimmed();
    const std::uint64_t number = ++m_asked;
    if (question.isEmpty()) {
        m_mistake->setVisible(false);
        m_stack->setCurrentIndex(m_documents->rowCount() == 0 ? Nothing : Documents);
        refresh();
        return;
    }
    QueryOptions options;
    options.allSpaces = !space().has_value();
    options.space = space().value_or("default");
    options.limit = kHitsMax;
    options.explain = true;
    options.mode = static_cast<QueryMode>(m_mode->currentData().toInt());
    if (m_past->isChecked()) {
        options.asOfUs = m_pastTime->dateTime().toMSecsSinceEpoch() * 1000;
    }
    m_shell.session().ask(
        this, [options, words = bytesOf(question)](Store& store) { return store.memory().query(words, options); },
        [this, number, mode = options.mode](Result<QueryAnswer>& answer) {
            if (number != m_asked) {
                return; // something else was asked meanwhile
            }
            const bool mistake = !answer && answer.error().code == ErrorCode::InvalidArgument;
            m_mistake->setVisible(mistake); // told while it is typed, so not as a problem of its own
            if (mistake) {
                m_mistake->setToolTip(text(answer.error().message));
                m_line->setText(text(answer.error().message));
            } else if (answer) {
                showAnswer(std::move(*answer));
            } else if (mode == QueryMode::Semantic && answer.error().code == ErrorCode::Unsupported) {
                Problem problem = explain(answer.error(), Intent::Work);
                problem.what = tr("The store cannot be searched by meaning now.");
                problem.next = tr("Search by words, or install what is missing. The page Settings shows the plugins that there are.");
                problem.remedy = Remedy::Retry;
                problem.button = tr("Open Settings");
                m_shell.tell(problem, [this] { m_shell.goTo("settings"); });
            } else {
                m_shell.tell(explain(answer.error(), Intent::Work), [this] { ask(); });
            }
        });
}

void MemoryPage::showAnswer(QueryAnswer answer)
{
    QString line = tr("%1 hits among %2 passages in %3")
                       .arg(number(answer.hits.size()), number(answer.passages),
                           tr("%1 ms").arg(QLocale().toString(static_cast<double>(answer.tookUs) / 1000, 'f', 1)));
    if (answer.placeholders > 0) {
        line += ". " + tr("%1 passages could not be searched").arg(number(answer.placeholders));
    }
    for (const std::string& warning : answer.warnings) {
        line += ". " + oneLine(text(warning), 300);
    }
    m_line->setText(line);
    m_hits->setAnswer(std::move(answer));
    m_stack->setCurrentIndex(Answers);
    if (m_hits->rowCount() > 0) {
        m_answers->selectRow(0);
    } else {
        m_view->clear();
    }
}

void MemoryPage::chosen()
{
    const QTableView* table = m_stack->currentIndex() == Answers ? m_answers : m_table;
    if (!table->selectionModel()->isSelected(table->currentIndex())) {
        return; // a table that gets the focus has a current row that nobody chose
    }
    if (m_stack->currentIndex() == Answers) {
        const int row = m_answers->currentIndex().row();
        if (const QueryHit* hit = m_hits->hit(row)) {
            m_view->show(hit->fragment.document.id, hit->fragment.id, m_hits->explanation(row));
        }
    } else if (const DocumentSummary* document = m_documents->document(m_table->currentIndex().row())) {
        m_view->show(document->id, document->id, {});
    }
}

void MemoryPage::ingest(const QStringList& paths)
{
    if (paths.isEmpty() || !m_shell.session().isOpen()) {
        return;
    }
    std::vector<std::string> names;
    for (const QString& path : paths) {
        names.push_back(bytesOf(path));
    }
    IngestOptions options;
    options.space = space().value_or("default");
    const auto job = m_shell.session().start(
        this, tr("Ingest %1").arg(oneLine(paths.size() == 1 ? paths.first() : tr("%1 files and folders").arg(number(names.size())), 120)),
        [names, options](Store& store, const Task& task) { return store.memory().ingest(names, options, task); },
        [this, paths](const Result<IngestReport>& report) {
            if (!report) {
                m_shell.tell(explain(report.error(), Intent::Work), [this, paths] { ingest(paths); });
                return QString();
            }
            QString line = tr("%1 files kept, %2 unchanged, %3 refused")
                               .arg(number(report->files), number(report->unchanged), number(report->refused.size()));
            m_shell.tell(line);
            refresh();
            if (!report->refused.empty()) {
                const FileProblem& first = report->refused.front();
                m_shell.tell(Problem{tr("Some files were refused."), text(first.path + ": " + first.reason),
                    tr("The rest was kept. See the jobs pane for the count."), Remedy::None, {}});
            }
            return line;
        });
    m_shell.session().tellCommand(job, QStringList{"ingest", "-n", text(options.space), "--"} + paths);
}

std::vector<DocumentSummary> MemoryPage::chosenDocuments() const
{
    std::vector<DocumentSummary> documents;
    if (m_stack->currentIndex() == Answers) {
        if (const QueryHit* hit = m_hits->hit(m_answers->currentIndex().row())) {
            documents.push_back(hit->fragment.document);
        }
    } else {
        for (const QModelIndex& index : m_table->selectionModel()->selectedRows()) {
            if (const DocumentSummary* document = m_documents->document(index.row())) {
                documents.push_back(*document);
            }
        }
    }
    return documents;
}

void MemoryPage::keepQuestion()
{
    if (m_query->text().trimmed().isEmpty()) {
        return;
    }
    QStringList questions = m_questions->stringList();
    questions.removeAll(m_query->text().trimmed());
    questions.prepend(m_query->text().trimmed());
    m_questions->setStringList(questions.mid(0, kQuestionsMax));
}

QJsonObject MemoryPage::filter() const
{
    return {{"question", m_query->text()}, {"mode", m_mode->currentData().toInt()}, {"space", text(space().value_or(""))},
        {"past", m_past->isChecked() ? m_pastTime->dateTime().toString(Qt::ISODate) : QString()}};
}

void MemoryPage::setFilter(const QJsonObject& kept)
{
    m_mode->setCurrentIndex(std::max(0, m_mode->findData(kept["mode"].toInt())));
    m_space->setCurrentIndex(std::max(0, m_space->findData(kept["space"].toString())));
    const QDateTime past = QDateTime::fromString(kept["past"].toString(), Qt::ISODate);
    if (past.isValid()) {
        m_pastTime->setDateTime(past);
    }
    m_past->setChecked(past.isValid());
    m_query->setText(kept["question"].toString());
    ask();
}

QStringList MemoryPage::command() const
{
    const QStringList here = space() ? QStringList{"-n", text(*space())} : QStringList();
    const QString question = m_query->text().trimmed();
    if (question.isEmpty()) {
        const std::vector<DocumentSummary> documents = chosenDocuments();
        return documents.size() == 1 ? QStringList{"show", text(toString(documents.front().id))} : QStringList{"list"} + here;
    }
    static constexpr const char* kModes[] = {"hybrid", "semantic", "lexical"};
    QStringList words{"query", "--limit", QString::number(kHitsMax), "--explain", "--mode", kModes[m_mode->currentData().toInt()]};
    words += here.isEmpty() ? QStringList{"--all-namespaces"} : here;
    if (m_past->isChecked()) {
        words += {"--as-of", m_pastTime->dateTime().toUTC().toString("yyyy-MM-dd'T'HH:mm:ss'Z'")};
    }
    return words + QStringList{"--", question};
}

void MemoryPage::forgetChosen()
{
    const std::vector<DocumentSummary> documents = chosenDocuments();
    if (documents.empty() || !m_shell.session().isOpen()) {
        m_shell.tell(tr("Choose documents on the page Memory first."));
        return;
    }
    m_shell.session().ask(
        this, [documents](Store& store) { return otherVersionsOf(store, documents); },
        [this, documents](const Result<std::vector<DocumentSummary>>& others) {
            others ? confirmForgetting(documents, *others) : m_shell.tell(explain(others.error(), Intent::Work));
        });
}

void MemoryPage::confirmForgetting(const std::vector<DocumentSummary>& documents, const std::vector<DocumentSummary>& others)
{
    auto* dialog = new ForgetDialog(documents, others, this);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        const ForgetOptions options{dialog->now()};
        QStringList command{"forget"};
        for (const FragmentId& id : dialog->ids()) {
            command.append(text(toString(id)));
        }
        const auto job = m_shell.session().start(
            this, tr("Forget"),
            [ids = dialog->ids(), options](Store& store, const Task& task) { return store.memory().forget(ids, options, task); },
            [this](const Result<ForgetReport>& report) {
                if (!report) {
                    m_shell.tell(explain(report.error(), Intent::Work));
                    return QString();
                }
                m_view->clear();
                ask();
                return tr("%1 documents, %2 fragments").arg(number(report->documents), number(report->fragments));
            });
        m_shell.session().tellCommand(job, options.now ? command + QStringList{"--now"} : command);
    });
    openModal(dialog);
}

void MemoryPage::exportList()
{
    if (!m_shell.session().isOpen()) {
        return;
    }
    chooseSaveFile(
        this, tr("Export the list of documents"), "documents.csv", [this](const QString& path) { exportListTo(path); },
        tr("Comma-separated (*.csv);;JSON (*.json);;JSON lines (*.jsonl)"));
}

/// The table holds only the rows near those that are seen: the list comes from the store, all of it.
void MemoryPage::exportListTo(const QString& path)
{
    QStringList titles;
    for (int column = 0; column < DocumentsModel::ColumnsCount; ++column) {
        titles.append(m_documents->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
    }
    ListOptions options;
    options.space = space();
    m_shell.session().start(
        this, tr("Export the list of documents"),
        [path, titles, options](Store& store, const Task& task) mutable -> Result<std::uint64_t> {
            TableText lines(tableFormOf(path), titles);
            std::uint64_t written = 0;
            for (bool last = false; !last;) {
                CARMA_TRY_ASSIGN(const std::vector<DocumentSummary> page, store.memory().list(options));
                for (const DocumentSummary& each : page) {
                    lines.add(DocumentsModel::cellsOf(each));
                }
                last = page.size() < options.limit || task.cancelled();
                options.after = page.empty() ? options.after : page.back().id;
                written += page.size();
                task.report({"listing", written, 0, "documents", {}});
            }
            CARMA_TRY(writeFile(path, lines.take()));
            return written;
        },
        [this, path](const Result<std::uint64_t>& written) {
            if (!written) {
                m_shell.tell(explain(written.error(), Intent::Work));
                return QString();
            }
            QString line = tr("%1 documents written to %2").arg(number(*written), path);
            m_shell.tell(line);
            return line;
        });
}

void MemoryPage::exportAll()
{
    if (m_shell.session().isOpen()) {
        chooseFolder(this, tr("Export to"), [this](const QString& folder) { exportAllTo(folder); });
    }
}

void MemoryPage::exportAllTo(const QString& folder)
{
    if (!m_shell.session().isOpen()) {
        return; // it was locked while the folder was chosen
    }
    ExportOptions options;
    options.space = space();
    const auto job = m_shell.session().start(
        this, tr("Export"),
        [to = bytesOf(folder), options](Store& store, const Task& task) { return store.memory().exportTo(to, options, task); },
        [this](const Result<ExportReport>& report) {
            if (!report) {
                m_shell.tell(explain(report.error(), Intent::Work), [this] { exportAll(); });
                return QString();
            }
            return tr("%1 files, %2 incomplete").arg(number(report->files), number(report->incomplete.size()));
        });
    m_shell.session().tellCommand(job, space() ? QStringList{"export", "-n", text(*space()), folder} : QStringList{"export", folder});
}

void MemoryPage::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls() && m_shell.session().isOpen() && !m_shell.session().readOnly()) {
        event->acceptProposedAction();
    }
}

void MemoryPage::dropEvent(QDropEvent* event)
{
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) {
            paths.append(url.toLocalFile());
        }
    }
    event->acceptProposedAction();
    ingest(paths);
}

} // namespace carma::gui
