terraform import penstock_topic.this 'kc_01K5Q3M4N5P6Q7R8S9T0V1W2X3/payments'
