"""Performance data: data sets, their values, and how services and components perform."""
