// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/memory.h>

#include <QDialog>

class QLineEdit;
class QListWidget;

namespace carma::gui {

/// Tags of one or many documents: a tag that only some of them have stays as it is until it is touched.
class TagsDialog : public QDialog {
    Q_OBJECT

public:
    TagsDialog(std::vector<DocumentSummary> documents, QWidget* parent);
    void add(const QString& typed); ///< one or more, between commas
    /// Documents whose tags would be others, with those tags.
    [[nodiscard]] std::vector<std::pair<DocumentSummary, std::vector<std::string>>> changes() const;

private:
    const std::vector<DocumentSummary> m_documents;
    QListWidget* m_list;
    QLineEdit* m_typed;
};

} // namespace carma::gui
